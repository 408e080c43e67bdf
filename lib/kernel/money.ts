import { Decimal } from "decimal.js";

/** An amount in a currency (ISO 4217). Amounts are decimals, never floats. */
export interface Money {
  amount: Decimal;
  currency: string;
}

/** Money as it travels: the amount as a decimal string. */
export interface MoneyJson {
  amount: string;
  currency: string;
}

/** FinOps convention: a month is 730 hours when a price per hour is shown per month. */
export const hoursPerMonth = 730;

export function money(amount: Decimal.Value, currency: string): Money {
  return { amount: new Decimal(amount), currency };
}

/** Adds two amounts of one currency; throws a RangeError when the currencies differ. */
export function addMoney(left: Money, right: Money): Money {
  if (left.currency !== right.currency) {
    throw new RangeError(`Cannot add ${right.currency} to ${left.currency}.`);
  }
  return { amount: left.amount.plus(right.amount), currency: left.currency };
}

export function toMoneyJson(value: Money): MoneyJson {
  return { amount: value.amount.toFixed(), currency: value.currency };
}
