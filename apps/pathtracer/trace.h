// The light that comes along a ray: paths from the eye, lamps sampled at every matte surface.
#pragma once

#include <limits>

#include "random.h"
#include "scene.h"

// Behind this a ray starts, so that it does not meet the surface that it comes from.
constexpr double NEAR = 1e-6;
constexpr double FAR = std::numeric_limits<double>::infinity();
constexpr double GLASS_INDEX = 1.5;
// Bounces before a path may end by chance.
constexpr int SURE_BOUNCES = 4;

struct Hit {
  double distance = FAR;
  Vector normal;
  Material material;
  bool is_lamp = false;
};

// Where a ray meets a sphere first, FAR where it does not.
inline double meet(const Sphere &sphere, const Ray &ray) {
  const Vector offset = sphere.centre - ray.origin;
  const double middle = dot(offset, ray.direction);
  const Vector miss = offset - ray.direction * middle;
  const double square = sphere.radius * sphere.radius - dot(miss, miss);
  if (square < 0) return FAR;
  const double half = std::sqrt(square);
  const double least = NEAR * std::max(1.0, sphere.radius);
  if (middle - half > least) return middle - half;
  if (middle + half > least) return middle + half;
  return FAR;
}

// Squares of the ground, which fade into their mean where they become too small to be seen.
inline Material ground_at(const Scene &scene, Vector point, double distance) {
  const auto square = [](double x) { return static_cast<int64_t>(std::floor(x)); };
  const bool dark = (square(point.x) + square(point.z)) & 1;
  const Vector even = mix(scene.ground_light.colour, scene.ground_dark.colour, 0.5);
  const Vector colour = dark ? scene.ground_dark.colour : scene.ground_light.colour;
  return diffuse(mix(colour, even, std::min(1.0, distance / 60)));
}

inline Hit trace(const Scene &scene, const Ray &ray) {
  Hit hit;
  size_t nearest = scene.spheres.size();
  for (size_t k = 0; k < scene.spheres.size(); k++) {
    const double distance = meet(scene.spheres[k], ray);
    if (distance < hit.distance) {
      hit.distance = distance;
      nearest = k;
    }
  }
  if (scene.ground && ray.direction.y < 0) {
    const double distance = -ray.origin.y / ray.direction.y;
    if (distance > NEAR && distance < hit.distance) {
      hit.distance = distance;
      hit.normal = {0, 1, 0};
      hit.material = ground_at(scene, ray.origin + ray.direction * distance, distance);
      return hit;
    }
  }
  if (nearest == scene.spheres.size()) return hit;
  const Sphere &sphere = scene.spheres[nearest];
  hit.normal = (ray.origin + ray.direction * hit.distance - sphere.centre) / sphere.radius;
  hit.material = sphere.material;
  for (const size_t lamp : scene.lamps) hit.is_lamp = hit.is_lamp || lamp == nearest;
  return hit;
}

inline bool is_reached(const Scene &scene, const Ray &ray, double distance) {
  for (const Sphere &sphere : scene.spheres) {
    if (meet(sphere, ray) < distance * (1 - NEAR)) return false;
  }
  return true;
}

// Light that a matte point gets straight from the lamps: one direction into each lamp's cone.
inline Vector lamplight_at(const Scene &scene, Vector point, Vector normal, Random &random) {
  Vector light;
  for (const size_t number : scene.lamps) {
    const Sphere &lamp = scene.spheres[number];
    const Vector offset = lamp.centre - point;
    const double square = lamp.radius * lamp.radius / dot(offset, offset);
    if (square >= 1) continue;
    const double cos_angle = std::sqrt(1 - square);
    const Frame frame(normalize(offset));
    const Ray ray = {point, frame.to_world(uniform_in_cone(cos_angle, random))};
    const double cosine = dot(ray.direction, normal);
    if (cosine <= 0) continue;
    const double distance = meet(lamp, ray);
    // The very edge of the cone may miss by a rounding error.
    if (distance == FAR || !is_reached(scene, ray, distance)) continue;
    light = light + lamp.material.emission * (2 * (1 - cos_angle) * cosine);
  }
  return light;
}

// Goes on through glass or is thrown back from it, as likely as light is (Fresnel's equations).
inline Vector through_glass(Vector direction, Vector outward, Random &random) {
  const bool entering = dot(direction, outward) < 0;
  const Vector normal = entering ? outward : -outward;
  const double ratio = entering ? 1 / GLASS_INDEX : GLASS_INDEX;
  const double cos_in = -dot(direction, normal);
  const double square = 1 - ratio * ratio * (1 - cos_in * cos_in);
  if (square <= 0) return reflect(direction, normal);
  const double cos_out = std::sqrt(square);
  const double along = (ratio * cos_out - cos_in) / (ratio * cos_out + cos_in);
  const double across = (ratio * cos_in - cos_out) / (ratio * cos_in + cos_out);
  if (random.uniform() < (along * along + across * across) / 2) return reflect(direction, normal);
  return normalize(direction * ratio + normal * (ratio * cos_in - cos_out));
}

// One sample of the radiance along a ray, over paths of at most `depth` bounces.
inline Vector radiance(const Scene &scene, Ray ray, int depth, Random &random) {
  Vector light;
  Vector weight = {1, 1, 1};
  // Lamps that a matte surface was lit by already do not count again when a path runs into them.
  bool lamps_counted = false;
  bool scattered = false;
  const auto bring = [&](Vector sample) {
    const double excess = scattered ? largest(sample) / scene.brightest : 0;
    light = light + (excess > 1 ? sample / excess : sample);
  };
  for (int bounce = 0;; bounce++) {
    const Hit hit = trace(scene, ray);
    const bool hazy = scene.haze > 0 && random.uniform() > std::exp(-hit.distance / scene.haze);
    if (hit.distance == FAR || hazy) {
      const double rise = hit.distance == FAR ? ray.direction.y : 0;
      bring(weight * scene.sky(rise));
      return light;
    }
    const Material &material = hit.material;
    if (!hit.is_lamp || !lamps_counted) bring(weight * material.emission);
    if (hit.is_lamp || bounce == depth) return light;

    const Vector point = ray.origin + ray.direction * hit.distance;
    const Vector normal = dot(hit.normal, ray.direction) < 0 ? hit.normal : -hit.normal;
    weight = weight * material.colour;
    lamps_counted = material.kind == Material::diffuse;
    if (material.kind == Material::diffuse) {
      bring(weight * lamplight_at(scene, point, normal, random));
      scattered = true;
      ray = {point, Frame(normal).to_world(cosine_weighted(random))};
    } else if (material.kind == Material::metal) {
      const Vector blur = on_unit_sphere(random) * material.roughness;
      ray = {point, normalize(reflect(ray.direction, normal) + blur)};
      if (dot(ray.direction, normal) <= 0) return light;
    } else {
      ray = {point, through_glass(ray.direction, hit.normal, random)};
    }
    if (bounce < SURE_BOUNCES) continue;
    const double chance = std::min(1.0, largest(weight));
    if (random.uniform() >= chance) return light;
    weight = weight / chance;
  }
}
