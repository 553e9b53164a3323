import { beforeAll, describe, expect, test, vi } from 'vitest';
import { traceNamed } from '../../../../tests/support/fixtures.ts';
import { layoutColumns } from '../layout/columns.ts';
import { turned, type Orientation, type Point } from '../layout/orientation.ts';
import { Picture } from '../layout/picture.ts';
import { layoutScene } from '../layout/scene.ts';
import { SYMBOLS, type Scene, type SymbolName } from '../layout/shapes.ts';
import { paint, type Theme } from './canvas.ts';

type Matrix = [number, number, number, number, number, number];

/** What reaches the screen: points where the transform of that moment puts them, in their order. */
class Screen {
  readonly points: Point[] = [];
  readonly texts: (Point & { text: string; angle: number })[] = [];
  readonly signs: (Point & { d: string; angle: number })[] = [];
  readonly alphas = new Set<number>();
  readonly dashes: string[] = [];
  globalAlpha = 1;
  #matrix: Matrix = [1, 0, 0, 1, 0, 0];
  readonly #saved: Matrix[] = [];

  save() {
    this.#saved.push(this.#matrix);
  }
  restore() {
    this.#matrix = this.#saved.pop()!;
  }
  transform(...by: Matrix) {
    const [a, b, c, d, e, f] = this.#matrix;
    const of = (x: number, y: number): [number, number] => [a * x + c * y, b * x + d * y];
    const [x, y] = of(by[4], by[5]);
    this.#matrix = [...of(by[0], by[1]), ...of(by[2], by[3]), x + e, y + f];
  }
  translate(x: number, y: number) {
    this.transform(1, 0, 0, 1, x, y);
  }
  rotate(angle: number) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    this.transform(cos, sin, -sin, cos, 0, 0);
  }
  #at(x: number, y: number): Point {
    const [a, b, c, d, e, f] = this.#matrix;
    return { x: Math.round(a * x + c * y + e), y: Math.round(b * x + d * y + f) };
  }
  get #angle(): number {
    return Number(Math.atan2(this.#matrix[1], this.#matrix[0]).toFixed(3)) + 0;
  }
  #draw(x: number, y: number) {
    this.alphas.add(this.globalAlpha);
    this.points.push(this.#at(x, y));
  }
  moveTo(x: number, y: number) {
    this.#draw(x, y);
  }
  lineTo(x: number, y: number) {
    this.#draw(x, y);
  }
  arc(x: number, y: number) {
    this.#draw(x, y);
  }
  fillRect(x: number, y: number, width: number, height: number) {
    this.#draw(x, y);
    this.#draw(x + width, y + height);
  }
  strokeRect(x: number, y: number, width: number, height: number) {
    this.fillRect(x, y, width, height);
  }
  /** Clips, which are turned like everything else. */
  rect(x: number, y: number, width: number, height: number) {
    this.fillRect(x, y, width, height);
  }
  fill(path?: Sign) {
    if (path) this.signs.push({ ...this.#at(0, 0), d: path.d, angle: this.#angle });
  }
  stroke(path?: Sign) {
    this.fill(path);
  }
  fillText(text: string, x: number, y: number) {
    this.texts.push({ ...this.#at(x, y), text, angle: this.#angle });
  }
  clearRect() {}
  beginPath() {}
  clip() {}
  setLineDash(dash: number[]) {
    this.dashes.push(dash.join(' '));
  }
  strokeText() {}
}

/** Node has no paths; of a sign nothing but its outline counts here. */
class Sign {
  readonly d: string;
  constructor(d: string) {
    this.d = d;
  }
}

const theme = { colours: {}, labelFont: '', monoFont: '' } as Theme;
const words = { effect: String, tries: String, copy: String, exit: String };
const trace = traceNamed('first-task-killed');
const picture = new Picture();
picture.extend(trace);
const endY = picture.axis.lastY + 28;

function sceneOf(orientation: Orientation): Scene {
  const columns = { ...layoutColumns(584, trace.header!.nodes), orientation };
  return layoutScene({
    ...{ trace, picture, columns, fromY: 0, toY: endY, endY, lens: null, words },
  });
}

/** @param leftX what of the picture is in view, with `topY`; its cursor stands at half of it */
function screenOf(scene: Scene, leftX: number, topY: number, isMoving = false): Screen {
  const screen = new Screen();
  const [cursorY, ghostY] = [endY / 2, endY];
  paint(screen as unknown as CanvasRenderingContext2D, scene, {
    ...{ trace, leftX, topY, width: 584, height: 400, clipY: cursorY, cursorY, ghostY },
    ...{ cone: null, theme, isMoving },
  });
  return screen;
}

beforeAll(() => void vi.stubGlobal('Path2D', Sign));

describe('a scene on a canvas', () => {
  test.each([
    [0, 0],
    [90, endY / 2 - 200],
  ])('across is what is painted down, turned, with %d and %d scrolled away', (leftX, topY) => {
    const down = screenOf(sceneOf('down'), leftX, topY);
    const across = screenOf(sceneOf('across'), leftX, topY);
    expect(down.points.length).toBeGreaterThan(100);
    expect(across.points).toEqual(down.points.map((point) => turned('across', point)));
    // Ahead of the cursor everything is faint, whichever way that is.
    expect(across.alphas).toEqual(down.alphas);
    expect(across.alphas.size).toBeGreaterThan(1);
  });

  test('across no text is turned, and a sign that is read stands upright', () => {
    const scene = sceneOf('across');
    const { texts, signs } = screenOf(scene, 0, 0);
    const shown = scene.labels.filter(({ fromY }) => fromY <= endY / 2);
    const placeOf = (point: Point) => {
      const { x, y } = turned('across', point);
      return { x: Math.round(x), y: Math.round(y) };
    };
    expect(texts).toEqual(
      shown.map(({ text, angle, x, y }) => ({ ...placeOf({ x, y }), text, angle })),
    );
    expect(texts.every(({ angle }) => angle === 0)).toBe(true);
    const named = (name: SymbolName) => signs.filter(({ d }) => d === SYMBOLS[name].d);
    expect(named('head').length).toBeGreaterThan(0);
    // Between rows, and on in time.
    for (const { angle } of named('head')) expect(Math.cos(angle)).toBeGreaterThan(0);
    const clocks = named('clock');
    for (const { angle } of clocks) expect(angle).toBe(0);
  });

  test('dashed lines are whole only while many of them move', () => {
    const scene = sceneOf('down');
    const dashed = scene.strokes.find(({ dash }) => dash !== undefined)!;
    const crowd = { ...scene, strokes: Array.from({ length: 200 }, () => dashed) };
    const isDashed = (it: Scene, isMoving: boolean) =>
      screenOf(it, 0, 0, isMoving).dashes.includes(dashed.dash!);
    expect(isDashed(scene, true)).toBe(true);
    expect(isDashed(crowd, false)).toBe(true);
    expect(isDashed(crowd, true)).toBe(false);
  });
});
