// What there is to see: spheres on a ground, a sky, a camera. "picture" is the one to look at; the
// others have radiances that are known from physics, for the tests.
#pragma once

#include <string>
#include <vector>

#include "random.h"
#include "vector.h"

struct Material {
  enum Kind { diffuse, metal, glass } kind = diffuse;
  Vector colour;
  // Of metal: 0 is a mirror.
  double roughness = 0;
  Vector emission;
};

struct Sphere {
  Vector centre;
  double radius = 1;
  Material material;
};

struct Camera {
  Vector from, to;
  // Height of the view in degrees.
  double view = 40;
  // Radius of the lens, and the distance at which it is sharp.
  double lens = 0, focus = 1;
};

struct Scene {
  std::vector<Sphere> spheres;
  // Spheres that light is sent from directly, by their number; seen from outside only.
  std::vector<size_t> lamps;
  bool ground = false;
  Material ground_light, ground_dark;
  Vector horizon, zenith;
  // Distance over which the air takes most of the light and gives the horizon's; 0 for clear air.
  double haze = 0;
  // The most that one path may bring once it was scattered: what is brighter (light gathered by
  // glass) would need very many samples not to look like noise.
  double brightest = 1e30;
  Camera camera;

  // Radiance of the sky in directions that rise so much a unit of length.
  Vector sky(double rise) const {
    return mix(horizon, zenith, std::sqrt(std::max(0.0, rise)));
  }
};

inline Material diffuse(Vector colour) { return {Material::diffuse, colour, 0, {}}; }
inline Material metal(Vector colour, double roughness) {
  return {Material::metal, colour, roughness, {}};
}
inline Material glass(Vector colour) { return {Material::glass, colour, 0, {}}; }
inline Material lamp(Vector emission) { return {Material::diffuse, {}, 0, emission}; }

inline void add_lamp(Scene &scene, Vector centre, double radius, Vector emission) {
  scene.lamps.push_back(scene.spheres.size());
  scene.spheres.push_back({centre, radius, lamp(emission)});
}

// Warm to cool colours in turn, as t goes from 0 to 1.
inline Vector palette(double t) {
  const auto wave = [t](double shift) { return 0.52 + 0.42 * std::cos(2 * PI * (t + shift)); };
  return {wave(0), wave(0.28), wave(0.55)};
}

inline Material random_material(Random &random) {
  const double kind = random.uniform();
  const Vector colour = palette(random.uniform());
  if (kind < 0.6) return diffuse(colour * colour);
  if (kind < 0.85) return metal(mix(colour, {0.9, 0.9, 0.9}, 0.5), 0.25 * random.uniform());
  return glass(mix(colour, {1, 1, 1}, 0.8));
}

// Small spheres scattered around the large ones, touching none.
inline void scatter(Scene &scene, int count, Random &random) {
  while (count > 0) {
    const double radius = 0.16 + 0.22 * random.uniform() * random.uniform();
    const Vector centre = {-7 + 14 * random.uniform(), radius, -9 + 13.5 * random.uniform()};
    bool free = true;
    for (const Sphere &other : scene.spheres) {
      free = free && length(centre - other.centre) > radius + other.radius + 0.05;
    }
    if (!free) continue;
    scene.spheres.push_back({centre, radius, random_material(random)});
    count--;
  }
}

inline Scene picture() {
  Scene scene;
  scene.camera = {{1.2, 2.35, 8.4}, {0.02, 0.62, 0}, 26, 0.085, 7.75};
  scene.horizon = {0.98, 0.63, 0.42};
  scene.zenith = {0.07, 0.16, 0.42};
  scene.haze = 260;
  scene.brightest = 4;
  scene.ground = true;
  scene.ground_light = diffuse({0.46, 0.44, 0.42});
  scene.ground_dark = diffuse({0.17, 0.19, 0.23});
  add_lamp(scene, {-6.5, 8, 5}, 1.6, {64, 52, 38});
  add_lamp(scene, {7, 5, -6}, 1, {7, 11, 20});
  scene.spheres.push_back({{0, 1, 0}, 1, glass({1, 1, 1})});
  scene.spheres.push_back({{-2.25, 1, -1.2}, 1, diffuse({0.5, 0.06, 0.05})});
  scene.spheres.push_back({{2.2, 1, -0.9}, 1, metal({0.95, 0.72, 0.36}, 0.04)});
  Random random(7);
  scatter(scene, 90, random);
  return scene;
}

// Inside of a sphere that glows with 0.2 and returns 0.6 of what falls on it.
inline Scene enclosure() {
  Scene scene;
  scene.camera = {{1, 2, 3}, {0, 0, 0}, 90, 0, 1};
  Material wall = diffuse({0.6, 0.6, 0.6});
  wall.emission = {0.2, 0.2, 0.2};
  scene.spheres.push_back({{0, 0, 0}, 10, wall});
  return scene;
}

// Things that lose no light under an even sky of 1: none of them can be seen.
inline Scene furnace() {
  Scene scene;
  scene.camera = {{0, 1, 8}, {0, 1, 0}, 40, 0.05, 8};
  scene.horizon = scene.zenith = {1, 1, 1};
  scene.spheres.push_back({{-2.2, 1, 0}, 1, diffuse({1, 1, 1})});
  scene.spheres.push_back({{0, 1, 0}, 1, glass({1, 1, 1})});
  scene.spheres.push_back({{2.2, 1, 0}, 1, metal({1, 1, 1}, 0)});
  return scene;
}

// A ground that returns half of the light, under one lamp of radiance 10 and radius 1 at (3, 4, 0),
// seen at the origin.
inline Scene lamplight() {
  Scene scene;
  scene.camera = {{-3, 4, 0}, {0, 0, 0}, 0.01, 0, 1};
  scene.ground = true;
  scene.ground_light = scene.ground_dark = diffuse({0.5, 0.5, 0.5});
  add_lamp(scene, {3, 4, 0}, 1, {10, 10, 10});
  return scene;
}

inline bool make_scene(const std::string &name, Scene &scene) {
  if (name == "picture") scene = picture();
  else if (name == "enclosure") scene = enclosure();
  else if (name == "furnace") scene = furnace();
  else if (name == "lamplight") scene = lamplight();
  else return false;
  return true;
}
