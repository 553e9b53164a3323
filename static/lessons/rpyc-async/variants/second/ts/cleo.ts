import rpyc from 'rpyc';

const east = await rpyc.connect('east', 18861);
const ask = await rpyc.async_(east.root.price);
const also = await rpyc.connect('east', 18861);
const askAlso = await rpyc.async_(also.root.price);

const start = Date.now();
const tea = ask('tea');
const rice = askAlso('rice');
rice.addCallback(() => console.log('rice is here'));
console.log('tea', await tea.value);
console.log('rice', await rice.value);

const seconds = (Date.now() - start) / 1000;
console.log('took', seconds.toFixed(1), 's');
