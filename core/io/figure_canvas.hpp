// Canvas: one cairo surface behind PNG, SVG and PDF, with text and the style's colours. Private to core/io.
#pragma once

#include <cairo.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/formats/file.hpp"
#include "core/io/figure.hpp"

namespace latentscape {

struct FigureRect {
  double x = 0, y = 0, w = 0, h = 0;
  double right() const { return x + w; }
  double bottom() const { return y + h; }
};

/// The tokens of the two themes that figures use.
struct FigureInk {
  Rgba page, line, text, muted, accent, warning;
};
FigureInk ink_of(bool dark);

enum class Align { left, centre, right };

class Canvas {
 public:
  /// Errors: invalid_argument (an extension other than png, svg, pdf; sizes outside 16 to 16384), out_of_memory.
  static Result<std::unique_ptr<Canvas>> create(const std::string& path, double width, double height, bool dark);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  cairo_t* cr() const { return cr_; }
  double width() const { return width_; }
  double height() const { return height_; }
  /// Lengths and font sizes are given for 1200 x 900 and grow with the figure.
  double unit() const { return unit_; }
  /// For a figure whose height follows from what is drawn.
  void set_unit(double unit) { unit_ = unit; }
  bool vector() const { return vector_; }
  const FigureInk& ink() const { return ink_; }

  void set_colour(Rgba colour, double alpha = 1.0);
  void line(double x0, double y0, double x1, double y1, Rgba colour, double width);
  void fill_rect(const FigureRect& rect, Rgba colour, double radius = 0.0);
  void dot(double x, double y, double radius, Rgba colour);

  /// Font size in pixels or points as it will appear (unit() is not applied).
  double text_width(std::string_view text, double size, bool bold = false);
  /// `y` is the middle of the digits' height. Returns the width.
  double text(double x, double y, std::string_view text, double size, Rgba colour, Align align = Align::left, bool bold = false);
  /// Reading upwards, centred on (x, y).
  void text_upwards(double x, double y, std::string_view text, double size, Rgba colour);
  /// Cut with an ellipsis where it would be wider than `width`.
  std::string fitted(std::string_view text, double size, double width, bool bold = false);

  /// Draws into `rect` through a pixel image, finer than the page in SVG and PDF; `draw` keeps using page coordinates.
  Status rasterised(const FigureRect& rect, const std::function<void(cairo_t*)>& draw);

  /// Finishes the drawing and writes the file.
  Status finish();

 private:
  Canvas() = default;
  /// Letters of one font, one after the other.
  struct Run {
    std::string text;
    size_t family = 0;
  };
  void font(double size, bool bold, size_t family);
  size_t family_of(char32_t code, const std::string& letter);
  std::vector<Run> runs_of(std::string_view text);
  Result<Bytes> png();

  std::string path_;
  double width_ = 0, height_ = 0, unit_ = 1;
  bool vector_ = false;
  FigureInk ink_;
  std::map<char32_t, size_t> families_;  // of the letters met so far
  Bytes out_;
  cairo_surface_t* surface_ = nullptr;
  cairo_t* cr_ = nullptr;
};

/// A cairo image (premultiplied ARGB32) of grey or RGB(A) pixels; nullptr where cairo has no memory for it.
cairo_surface_t* surface_from_pixels(const uint8_t* pixels, size_t width, size_t height, size_t channels, bool inverted = false);
/// An image fitted into the rectangle, smooth where it is enlarged, its edges sharp.
void draw_image(cairo_t* cr, cairo_surface_t* image, const FigureRect& rect, double alpha = 1.0);

}  // namespace latentscape
