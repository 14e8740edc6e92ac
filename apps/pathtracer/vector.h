// Vectors of three doubles: points, directions and colours.
#pragma once

#include <algorithm>
#include <cmath>

struct Vector {
  double x = 0, y = 0, z = 0;
};

inline Vector operator+(Vector a, Vector b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vector operator-(Vector a, Vector b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vector operator-(Vector a) { return {-a.x, -a.y, -a.z}; }
inline Vector operator*(Vector a, double s) { return {a.x * s, a.y * s, a.z * s}; }
inline Vector operator/(Vector a, double s) { return a * (1 / s); }
// Colours multiply by component.
inline Vector operator*(Vector a, Vector b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }

inline double dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vector cross(Vector a, Vector b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double length(Vector a) { return std::sqrt(dot(a, a)); }
inline Vector normalize(Vector a) { return a / length(a); }
inline Vector reflect(Vector a, Vector normal) { return a - normal * (2 * dot(a, normal)); }
inline Vector mix(Vector a, Vector b, double t) { return a * (1 - t) + b * t; }
inline double largest(Vector a) { return std::max({a.x, a.y, a.z}); }

struct Ray {
  Vector origin, direction;
};

// Two unit vectors that make a right-handed frame with the unit vector w (Duff and others 2017).
struct Frame {
  Vector u, v, w;

  explicit Frame(Vector axis) : w(axis) {
    const double sign = std::copysign(1.0, w.z);
    const double a = -1 / (sign + w.z);
    const double b = w.x * w.y * a;
    u = {1 + sign * w.x * w.x * a, sign * b, -sign * w.x};
    v = {b, sign + w.y * w.y * a, -w.y};
  }

  Vector to_world(Vector local) const { return u * local.x + v * local.y + w * local.z; }
};
