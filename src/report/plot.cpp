#include "report/plot.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/process.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <sstream>

#include "sqrtn/support/require.hpp"
#include "support/output.hpp"

namespace sqrtn::report {
namespace {

namespace process = boost::process;

/// Colours that are told apart with any colour vision. Source: Okabe and Ito, "Color universal
/// design", 2008.
constexpr std::array colours{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"};

/// A string for gnuplot: quotes doubled, and no enhanced mode to interpret underscores.
std::string quoted(std::string text) {
  for (std::size_t i = 0; (i = text.find('\'', i)) != std::string::npos; i += 2) text.insert(i, 1, '\'');
  std::replace(text.begin(), text.end(), '\n', ' ');
  return fmt::format("'{}'", text);
}

std::string number(double x) { return std::isfinite(x) ? fmt::format("{}", x) : "NaN"; }

double at(const std::vector<double>& values, std::size_t i) { return i < values.size() ? values[i] : NAN; }

/// Columns: layer, low, high, predicted, measured.
std::string data_block(const Curve& curve, std::size_t index) {
  std::string text = fmt::format("$curve{} << end\n", index);
  for (std::size_t layer = 0; layer < curve.measured.size(); ++layer) {
    text += fmt::format("{} {} {} {} {}\n", layer, number(at(curve.low, layer)), number(at(curve.high, layer)),
                        number(at(curve.predicted, layer)), number(curve.measured[layer]));
  }
  return text + "end\n";
}

/// The lowest and highest value of all curves.
std::pair<double, double> range_of(const std::vector<Curve>& curves) {
  double low = INFINITY, high = -INFINITY;
  for (const Curve& curve : curves) {
    for (const auto* values : {&curve.low, &curve.high, &curve.predicted, &curve.measured}) {
      for (const double value : *values) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  return {low, high};
}

/// The limits that lie within the curves' range as lines, and the axis cut a little beyond them.
std::string limit_lines(const std::vector<Curve>& curves, const std::vector<Limit>& limits) {
  const auto [low, high] = range_of(curves);
  double bottom = low, top = high;
  std::string text;
  for (const Limit& limit : limits) {
    if (limit.log10 < low || limit.log10 > high) continue;
    (limit.log10 > 0 ? top : bottom) = limit.log10 * 1.1;
    text += fmt::format(
        "set arrow from graph 0, first {0} to graph 1, first {0} nohead dt 3 lc rgb '#666666'\n"
        "set label {1} at graph 0.99, first {0} right offset 0,0.6 textcolor rgb '#666666'\n",
        limit.log10, quoted(limit.title));
  }
  if (text.empty()) return text;
  return text + fmt::format("set yrange [{}:{}]\n", bottom, top);
}

std::string script(const std::string& path, const std::string& title, const std::vector<Curve>& curves,
                   const std::vector<Limit>& limits) {
  std::string text = path.ends_with(".png") ? "set terminal pngcairo size 1000,620 noenhanced font 'sans,11'\n"
                                            : "set terminal svg size 1000,620 noenhanced dynamic font 'sans,13'\n";
  text += fmt::format(
      "set title {}\nset xlabel 'layer'\nset ylabel 'RMS of the activations'\nset format y '1e%+.0f'\n"
      "set grid ytics lc rgb '#dddddd'\nset key outside right top\nset datafile missing 'NaN'\n",
      quoted(title));
  text += limit_lines(curves, limits);
  std::vector<std::string> layers;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    text += data_block(curves[i], i);
    const char* colour = colours[i % colours.size()];
    if (!curves[i].low.empty()) {
      layers.push_back(
          fmt::format("$curve{} using 1:2:3 with filledcurves fs transparent solid 0.2 noborder lc rgb '{}' title {}",
                      i, colour, quoted(curves[i].title + ": law, 99 %")));
      layers.push_back(fmt::format("$curve{} using 1:4 with lines lw 1 dt 2 lc rgb '{}' notitle", i, colour));
    }
    layers.push_back(fmt::format("$curve{} using 1:5 with points pt 7 ps 0.4 lc rgb '{}' title {}", i, colour,
                                 quoted(curves[i].title + ": measured")));
  }
  return text + fmt::format("plot {}\n", fmt::join(layers, ", "));
}

/// An SVG with the provenance at the head of its description; any other picture as it is.
std::string described(std::string picture, const std::string& provenance) {
  constexpr std::string_view tag = "<desc>";
  const std::size_t at = picture.find(tag);
  if (at == std::string::npos || provenance.empty()) return picture;
  std::string text;
  for (const char c : provenance + ". ") text += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
  return picture.insert(at + tag.size(), text);
}

/// Empty if no folder of PATH has it. (Boost's own search would need its compiled file system library.)
std::string find_gnuplot() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string file = folder + "/gnuplot";
    if (std::filesystem::is_regular_file(file) && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

}  // namespace

void require_plottable(const std::string& path) {
  require(path.ends_with(".svg") || path.ends_with(".png"), "--plot writes .svg or .png, got '{}'", path);
  require_writable(path);
  require(!find_gnuplot().empty(),
          "pictures need gnuplot, which was not found; install it (Debian: gnuplot-nox) or leave --plot out");
}

void plot(const std::string& path, const std::string& title, const std::vector<Curve>& curves,
          const std::vector<Limit>& limits, const std::string& provenance) {
  boost::asio::io_context context;
  std::future<std::string> picture, complaint;
  const std::string commands = script(path, title, curves, limits);
  int code = 0;
  try {
    process::child gnuplot(find_gnuplot(), "-",
                           process::std_in<boost::asio::buffer(commands), process::std_out> picture,
                           process::std_err > complaint, context);
    context.run();
    gnuplot.wait();
    code = gnuplot.exit_code();
  } catch (const process::process_error& error) {
    throw std::runtime_error(fmt::format("gnuplot could not be run to draw '{}': {}", path, error.what()));
  }
  const std::string drawn = described(picture.get(), provenance), said = complaint.get();
  const bool whole = path.ends_with(".png") ? drawn.starts_with("\x89PNG") : drawn.find("</svg>") != std::string::npos;
  if (code != 0 || !whole) {
    throw std::runtime_error(fmt::format("gnuplot could not draw '{}' (exit status {}){}{}", path, code,
                                         said.empty() ? "" : ": ", said.substr(0, 500)));
  }
  write_file(path, drawn);
}

}  // namespace sqrtn::report
