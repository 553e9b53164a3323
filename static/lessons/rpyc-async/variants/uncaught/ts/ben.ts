import rpyc from 'rpyc';

const east = await rpyc.connect('east', 18861);
const west = await rpyc.connect('west', 18861);
const askEast = await rpyc.async_(east.root.price);
const askWest = await rpyc.async_(west.root.price);

const start = Date.now();
const inEast = askEast('tea');
const inWest = askWest('tea');
console.log('east', await inEast.value);
inWest.setExpiry(2);
console.log('west', await inWest.value);

const seconds = (Date.now() - start) / 1000;
console.log('took', seconds.toFixed(1), 's');
