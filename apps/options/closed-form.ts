/** A call option on a stock that follows a geometric Brownian motion. */
export interface Option {
  spot: number;
  strike: number;
  /** Standard deviation of the log return of one year. */
  volatility: number;
  years: number;
  /** Continuously compounded. */
  rate: number;
}

/** Price of a European call (Black, Scholes 1973). */
export function europeanCall({ spot, strike, volatility, years, rate }: Option): number {
  const mean = Math.log(spot) + (rate - volatility ** 2 / 2) * years;
  return lognormalCall(mean, volatility * Math.sqrt(years), strike, Math.exp(-rate * years));
}

/**
 * Price of a call on the geometric mean of the price at `dates` equal dates (Kemna, Vorst 1990,
 * with discrete dates): that mean is lognormal too.
 */
export function geometricAsianCall(option: Option, dates: number): number {
  const { spot, strike, volatility, years, rate } = option;
  const meanTime = (years * (dates + 1)) / (2 * dates);
  const mean = Math.log(spot) + (rate - volatility ** 2 / 2) * meanTime;
  const variance = (volatility ** 2 * years * (dates + 1) * (2 * dates + 1)) / (6 * dates * dates);
  return lognormalCall(mean, Math.sqrt(variance), strike, Math.exp(-rate * years));
}

/** Discounted mean of max(X - strike, 0), where log X is normal. */
function lognormalCall(mean: number, deviation: number, strike: number, discount: number): number {
  const d2 = (mean - Math.log(strike)) / deviation;
  const expected = Math.exp(mean + deviation ** 2 / 2);
  return discount * (expected * normalCdf(d2 + deviation) - strike * normalCdf(d2));
}

/**
 * Distribution function of the standard normal: 1/2 + density * (x + x^3/3 + x^5/(3*5) + ...),
 * Marsaglia 2004. Good to 15 digits for |x| < 6, beyond which it is 0 or 1 to 9 digits.
 */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 6) return x > 0 ? 1 : 0;
  let sum = x;
  let term = x;
  for (let n = 3; Math.abs(term) > 1e-17; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
