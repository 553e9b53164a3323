import rpyc from 'rpyc';

const { connect } = rpyc.classic;
const conn = await connect('server');
await conn.execute('prices = [3, 5, 9]');
await conn.execute('total = sum(prices)');
const { namespace } = conn;
const total = await rpyc.getitem(namespace, 'total');
console.log('total', total);
