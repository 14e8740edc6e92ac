// Random numbers that are the same everywhere: PCG32 (O'Neill 2014), and directions made of them.
#pragma once

#include <cmath>
#include <cstdint>

#include "vector.h"

constexpr double PI = 3.14159265358979323846;

class Random {
 public:
  // Streams of different numbers are independent of each other.
  explicit Random(uint64_t stream) : increment_(stream << 1 | 1) {
    next();
    state_ += 0x853c49e6748fea9b;
    next();
  }

  // Uniform in [0, 1).
  double uniform() { return next() * 0x1p-32; }

 private:
  uint32_t next() {
    const uint64_t old = state_;
    state_ = old * 6364136223846793005 + increment_;
    const uint32_t shifted = static_cast<uint32_t>(((old >> 18) ^ old) >> 27);
    const uint32_t rotation = static_cast<uint32_t>(old >> 59);
    return shifted >> rotation | shifted << (-rotation & 31);
  }

  uint64_t state_ = 0;
  uint64_t increment_;
};

// A direction within a cone around +z, uniform in solid angle.
inline Vector uniform_in_cone(double cos_angle, Random &random) {
  const double z = 1 - random.uniform() * (1 - cos_angle);
  const double radius = std::sqrt(std::max(0.0, 1 - z * z));
  const double turn = 2 * PI * random.uniform();
  return {radius * std::cos(turn), radius * std::sin(turn), z};
}

// A direction around +z, as likely as its cosine with it.
inline Vector cosine_weighted(Random &random) {
  const double square = random.uniform();
  const double turn = 2 * PI * random.uniform();
  const double radius = std::sqrt(square);
  return {radius * std::cos(turn), radius * std::sin(turn), std::sqrt(1 - square)};
}

inline Vector on_unit_sphere(Random &random) { return uniform_in_cone(-1, random); }
