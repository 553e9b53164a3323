import rpyc from 'rpyc';

const conn = await rpyc.connect('shop', 18861);

let worth = 0;
const items = await conn.root.items();
for await (const [price, stock] of items) {
  worth += price * stock;
}
console.log('stock is worth', worth);
