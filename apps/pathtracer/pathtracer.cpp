// Renders one tile of a path-traced picture to standard output.
//
// Usage: pathtracer --tile 0 [--size 60] [--width 960] [--height 540] [--samples 12]
//                   [--depth 24] [--scene picture] [--format rgb]
// Tiles are squares of --size pixels, numbered row by row. --samples is the side of the grid of
// samples in a pixel: 12 makes 144. --format float gives the radiance itself, as three
// little-endian 32-bit floats a pixel, instead of three bytes for a screen.
//
// Each pixel has its own random numbers, so the picture does not depend on how it is cut.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "trace.h"

struct Options {
  std::map<std::string, std::string> given;

  Options(int argc, char **argv) {
    for (int k = 1; k + 1 < argc; k += 2) given[argv[k]] = argv[k + 1];
  }

  std::string text(const char *name, const char *otherwise) const {
    const auto found = given.find(name);
    return found == given.end() ? otherwise : found->second;
  }

  int number(const char *name, int least, int otherwise) const {
    const std::string value = text(name, "");
    if (value.empty()) return otherwise;
    char *end;
    const long number = std::strtol(value.c_str(), &end, 10);
    if (*end == '\0' && number >= least && number <= 1 << 24) return static_cast<int>(number);
    std::fprintf(stderr, "%s must be a number of at least %d\n", name, least);
    std::exit(2);
  }
};

// Turns places in the picture, from -1 to 1, into rays through the lens.
class Lens {
 public:
  Lens(const Camera &camera, double aspect)
      : camera_(camera), frame_(normalize(camera.from - camera.to)) {
    // The camera stands upright, so the frame is made of the vertical.
    frame_.u = normalize(cross({0, 1, 0}, frame_.w));
    frame_.v = cross(frame_.w, frame_.u);
    half_height_ = std::tan(camera.view * PI / 360);
    half_width_ = half_height_ * aspect;
  }

  Ray ray(double x, double y, Random &random) const {
    const Vector sharp = Vector{x * half_width_, y * half_height_, -1} * camera_.focus;
    const double radius = camera_.lens * std::sqrt(random.uniform());
    const double turn = 2 * PI * random.uniform();
    const Vector start = {radius * std::cos(turn), radius * std::sin(turn), 0};
    return {camera_.from + frame_.to_world(start), frame_.to_world(normalize(sharp - start))};
  }

 private:
  Camera camera_;
  Frame frame_;
  double half_width_, half_height_;
};

// Radiance to a byte: a film's response to light (Narkowicz's fit to ACES), then gamma.
static unsigned char to_byte(double radiance) {
  const double x = 0.62 * radiance;
  const double film = x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14);
  const double screen = std::pow(std::min(1.0, std::max(0.0, film)), 1 / 2.2);
  return static_cast<unsigned char>(screen * 255 + 0.5);
}

static void write_pixel(Vector colour, bool as_floats) {
  const double parts[] = {colour.x, colour.y, colour.z};
  for (const double part : parts) {
    if (as_floats) {
      const float value = static_cast<float>(part);
      std::fwrite(&value, sizeof value, 1, stdout);
    } else {
      std::putchar(to_byte(part));
    }
  }
}

int main(int argc, char **argv) {
  const Options options(argc, argv);
  const int width = options.number("--width", 1, 960), height = options.number("--height", 1, 540);
  const int size = options.number("--size", 1, 60), side = options.number("--samples", 1, 12);
  const int depth = options.number("--depth", 0, 24), tile = options.number("--tile", 0, 0);
  const bool as_floats = options.text("--format", "rgb") == "float";
  Scene scene;
  if (!make_scene(options.text("--scene", "picture"), scene)) {
    std::fputs("--scene must be picture, enclosure, furnace or lamplight\n", stderr);
    return 2;
  }
  const int columns = (width + size - 1) / size;
  const Lens lens(scene.camera, static_cast<double>(width) / height);
  for (int row = 0; row < size; row++) {
    for (int column = 0; column < size; column++) {
      const int x = tile % columns * size + column, y = tile / columns * size + row;
      Random random(static_cast<uint64_t>(y) << 32 | static_cast<uint64_t>(x));
      Vector sum;
      for (int sample = 0; sample < side * side; sample++) {
        const double u = (x + (sample % side + random.uniform()) / side) / width * 2 - 1;
        const double v = 1 - (y + (sample / side + random.uniform()) / side) / height * 2;
        sum = sum + radiance(scene, lens.ray(u, v, random), depth, random);
      }
      write_pixel(sum / (side * side), as_floats);
    }
  }
  return 0;
}
