#pragma once

#include <string>
#include <vector>

/// Pictures of chains, drawn by gnuplot, which is looked for when a picture is asked for.
namespace sqrtn::report {

/// One chain: log₁₀ of its RMS by layer; NaN where there is none. All of one length; the first three
/// may be empty.
struct Curve {
  std::string title;
  std::vector<double> predicted, low, high;  ///< the law's median and its band
  std::vector<double> measured;
};

/// A line across the picture, shown where the curves reach it; what lies farther out is cut off.
struct Limit {
  std::string title;
  double log10 = 0;
};

/// Throws std::invalid_argument unless `path` ends in .svg or .png, gnuplot can be found, and `path`
/// can be written: before long work begins.
void require_plottable(const std::string& path);

/// Draws the curves over the layers on a logarithmic axis, bands shaded, and writes the picture.
/// `provenance`: one line that an SVG holds as its description.
/// Throws: std::runtime_error with what gnuplot said; as write_file.
void plot(const std::string& path, const std::string& title, const std::vector<Curve>& curves,
          const std::vector<Limit>& limits = {}, const std::string& provenance = {});

}  // namespace sqrtn::report
