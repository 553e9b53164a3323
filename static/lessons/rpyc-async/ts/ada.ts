import rpyc from 'rpyc';

const east = await rpyc.connect('east', 18861);
const west = await rpyc.connect('west', 18861);

const start = Date.now();
console.log('east', await east.root.price('tea'));
console.log('west', await west.root.price('tea'));

const seconds = (Date.now() - start) / 1000;
console.log('took', seconds.toFixed(1), 's');
