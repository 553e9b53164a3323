import { futures, IS_ORIGIN } from 'scoop';

export const twice = (x: number) => 2 * x;

if (IS_ORIGIN) {
  const items = [1, 2, 3, 4];
  const appended: number[] = [];
  for (const x of items) appended.push(2 * x);
  console.log('loop', appended);
  console.log('map by name', items.map(twice));
  const found = items.map((x) => 2 * x);
  console.log('map with a lambda', found);
  const shared = await futures.map(twice, items);
  console.log('futures.map by name', shared);
  const there = await futures.map(
    (x: number) => 2 * x,
    items,
  );
  console.log('futures.map with a lambda', there);
}
