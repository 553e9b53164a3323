export const machines: string[] = [];
for (let number = 1; number <= 20; number++) {
  machines.push(`m${number}`);
}
