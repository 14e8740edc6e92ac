// Monte Carlo prices of three call options on one stock, on the same simulated paths:
//   european    pays max(S(T) - K, 0);
//   geometric   pays max(G - K, 0), G the geometric mean of the price at twelve equal dates;
//   arithmetic  pays max(A - K, 0), A the arithmetic mean at those dates.
// The first two have closed forms to check against. The third, the one that is traded, has none:
// the difference of the last two varies little, and is added to the geometric option's exact price.
//
// The stock follows a geometric Brownian motion (Black, Scholes 1973) from 100.
// Usage: options --strike 100 --volatility 0.2 --years 1 --rate 0.05 --paths 200000 --seed 1
// Prints one line of JSON, each estimate as [mean, standard error].

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPOT 100.0
#define DATES 12

// SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t next_random(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Uniform in (0, 1), neither end included.
static double uniform(uint64_t *state) { return ((next_random(state) >> 11) + 0.5) * 0x1p-53; }

// A pair of independent standard normal numbers (Marsaglia's polar method).
static void normal_pair(uint64_t *state, double pair[2]) {
  double x, y, square;
  do {
    x = 2 * uniform(state) - 1;
    y = 2 * uniform(state) - 1;
    square = x * x + y * y;
  } while (square >= 1);
  const double factor = sqrt(-2 * log(square) / square);
  pair[0] = x * factor;
  pair[1] = y * factor;
}

// Mean and variance as they come in (Welford 1962).
struct estimate {
  double count, mean, squares;
};

static void add(struct estimate *e, double value) {
  e->count += 1;
  const double delta = value - e->mean;
  e->mean += delta / e->count;
  e->squares += delta * (value - e->mean);
}

static void print(const char *name, const struct estimate *e) {
  const double error = sqrt(e->squares / (e->count - 1) / e->count);
  printf("\"%s\":[%.9g,%.9g]", name, e->mean, error);
}

struct payoffs {
  double european, geometric, arithmetic;
};

// Discounted payoffs of one path; `sign` of -1 gives its mirror image.
static struct payoffs run_path(const double normals[DATES], double sign, double strike,
                               double volatility, double years, double rate) {
  const double step = years / DATES;
  const double drift = (rate - volatility * volatility / 2) * step;
  const double spread = sign * volatility * sqrt(step);
  const double discount = exp(-rate * years);
  double path = log(SPOT), logs = 0, prices = 0, price = SPOT;
  for (int k = 0; k < DATES; k++) {
    path += drift + spread * normals[k];
    price = exp(path);
    logs += path;
    prices += price;
  }
  return (struct payoffs){
      discount * fmax(price - strike, 0),
      discount * fmax(exp(logs / DATES) - strike, 0),
      discount * fmax(prices / DATES - strike, 0),
  };
}

static double option(int argc, char **argv, const char *name) {
  for (int k = 1; k + 1 < argc; k++) {
    if (strcmp(argv[k], name) != 0) continue;
    char *end;
    const double value = strtod(argv[k + 1], &end);
    if (*end == '\0' && isfinite(value)) return value;
  }
  fprintf(stderr, "%s needs a number\n", name);
  exit(2);
}

int main(int argc, char **argv) {
  const double strike = option(argc, argv, "--strike");
  const double volatility = option(argc, argv, "--volatility");
  const double years = option(argc, argv, "--years");
  const double rate = option(argc, argv, "--rate");
  const double paths = option(argc, argv, "--paths");
  uint64_t random = (uint64_t)option(argc, argv, "--seed");
  next_random(&random);

  struct estimate european = {0}, geometric = {0}, difference = {0};
  // A path and its mirror image count as one, so that their errors cancel (antithetic variates).
  for (double n = 0; n < paths / 2; n++) {
    double normals[DATES];
    for (int k = 0; k < DATES; k += 2) normal_pair(&random, normals + k);
    const struct payoffs a = run_path(normals, 1, strike, volatility, years, rate);
    const struct payoffs b = run_path(normals, -1, strike, volatility, years, rate);
    add(&european, (a.european + b.european) / 2);
    add(&geometric, (a.geometric + b.geometric) / 2);
    add(&difference, (a.arithmetic - a.geometric + b.arithmetic - b.geometric) / 2);
  }
  putchar('{');
  print("european", &european);
  putchar(',');
  print("geometric", &geometric);
  putchar(',');
  print("difference", &difference);
  puts("}");
  return 0;
}
