import { name } from 'node';

console.log(`${name} is here`);
