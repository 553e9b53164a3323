import rpyc from 'rpyc';

const conn = await rpyc.connect('shop', 18861);

// Looks like any loop. Which messages does it send?
let start = Date.now();
let sum = 0;
for await (const price of await conn.root.prices()) sum += price;
console.log(`item by item: ${sum} after ${Date.now() - start} ms`);

start = Date.now();
sum = 0;
for (const price of await conn.root.prices_by_value()) sum += price;
console.log(`as one value: ${sum} after ${Date.now() - start} ms`);
