import rpyc from 'rpyc';

const east = await rpyc.connect('east', 18861);
const west = await rpyc.connect('west', 18861);
const askEast = await rpyc.async_(east.root.price);
const askWest = await rpyc.async_(west.root.price);

const start = Date.now();
const inEast = askEast('tea');
const inWest = askWest('tea');
inWest.setExpiry(2);
console.log('east', await inEast.value);

try {
  console.log('west', await inWest.value);
} catch (error) {
  console.log('west', error.name);
}

const seconds = (Date.now() - start) / 1000;
console.log('took', seconds.toFixed(1), 's');
