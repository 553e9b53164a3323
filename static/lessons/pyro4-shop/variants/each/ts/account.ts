import { sleep } from 'node';
import { Lock } from './lock.ts';

export class Account {
  balance = 0;

  async deposit(cash: number) {
    this.balance += cash;
  }

  pay(price: number) {
    const lock = new Lock();
    return lock.run(() => this.take(price));
  }

  async take(price: number) {
    const before = this.balance;
    if (before < price) {
      console.log('refused', price);
      return 'not enough';
    }
    await sleep(0.5); // wraps it
    this.balance = before - price;
    console.log('paid', price, 'left', this.balance);
    return 'bought';
  }
}
