import { sleep } from 'node';
import { Lock } from './lock.ts';

export class Account {
  balance = 0;
  lock = new Lock();

  deposit(cash: number) {
    return this.lock.run(async () => {
      this.balance += cash;
    });
  }

  async pay(price: number) {
    const before = this.balance;
    if (before < price) {
      console.log('refused', price);
      return 'not enough';
    }
    await sleep(0.5); // wraps it
    await this.lock.run(async () => {
      this.balance = before - price;
    });
    console.log('paid', price, 'left', this.balance);
    return 'bought';
  }
}
