import { sleep } from 'node';

export class Account {
  balance = 0;

  async deposit(cash: number) {
    this.balance += cash;
  }

  async pay(price: number) {
    const before = this.balance;
    if (before < price) {
      console.log('refused', price);
      return 'not enough';
    }
    await sleep(0.5); // wraps it
    this.balance -= price;
    console.log('paid', price, 'left', this.balance);
    return 'bought';
  }
}
