#include "core/io/figure_canvas.hpp"

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <map>
#include <new>
#include <numbers>

#include "core/base/lower.hpp"
#include "core/base/version.hpp"
#include "core/formats/image.hpp"
#include "core/formats/utf8.hpp"

namespace latentscape {

namespace {

constexpr double kRasterScale = 3.0;  // pixels a point for what is rasterised inside SVG and PDF

/// cairo's own fonts have no fallback: a letter comes from the first family that has it, else from the first one.
constexpr const char* kFamilies[] = {"Inter", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback"};

/// Does the font that is chosen have all letters of a text?
bool has_glyphs(cairo_t* cr, const std::string& text) {
  cairo_glyph_t* glyphs = nullptr;
  int n = 0;
  const cairo_status_t status = cairo_scaled_font_text_to_glyphs(cairo_get_scaled_font(cr), 0.0, 0.0, text.data(),
                                                                 static_cast<int>(text.size()), &glyphs, &n, nullptr, nullptr, nullptr);
  const bool all =
      status == CAIRO_STATUS_SUCCESS && std::none_of(glyphs, glyphs + n, [](const cairo_glyph_t& glyph) { return glyph.index == 0; });
  cairo_glyph_free(glyphs);
  return all;
}

constexpr Rgba rgb(uint32_t hex) {
  return {static_cast<uint8_t>(hex >> 16 & 255), static_cast<uint8_t>(hex >> 8 & 255), static_cast<uint8_t>(hex & 255), 255};
}

void source(cairo_t* cr, Rgba c, double alpha) { cairo_set_source_rgba(cr, c.r / 255.0, c.g / 255.0, c.b / 255.0, c.a / 255.0 * alpha); }

/// cairo calls this from C: nothing may be thrown through it.
cairo_status_t collect(void* out, const unsigned char* data, unsigned length) noexcept {
  try {
    Bytes& bytes = *static_cast<Bytes*>(out);
    bytes.insert(bytes.end(), data, data + length);
    return CAIRO_STATUS_SUCCESS;
  } catch (const std::bad_alloc&) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}

/// cairo numbers the images and surfaces of an SVG through the life of the process; counted anew, the same figure gives the same bytes.
void renumber_ids(Bytes& svg) {
  std::map<std::string, size_t> numbers;
  Bytes out;
  out.reserve(svg.size());
  const auto ends_with = [&](std::string_view tail) {
    return out.size() >= tail.size() && std::equal(tail.begin(), tail.end(), out.end() - static_cast<std::ptrdiff_t>(tail.size()));
  };
  for (size_t i = 0; i < svg.size();) {
    if (ends_with("id=\"") || ends_with("#")) {
      size_t digits = i;
      while (digits < svg.size() && std::isalpha(svg[digits])) ++digits;
      size_t end = digits;
      while (end < svg.size() && std::isdigit(svg[end])) ++end;
      const std::string word(svg.begin() + static_cast<std::ptrdiff_t>(i), svg.begin() + static_cast<std::ptrdiff_t>(digits));
      if (end > digits && (word == "image" || word == "surface" || word == "mask" || word == "clip")) {
        const std::string id(svg.begin() + static_cast<std::ptrdiff_t>(i), svg.begin() + static_cast<std::ptrdiff_t>(end));
        const std::string renamed = word + std::to_string(numbers.try_emplace(id, numbers.size() + 1).first->second);
        out.insert(out.end(), renamed.begin(), renamed.end());
        i = end;
        continue;
      }
    }
    out.push_back(svg[i++]);
  }
  svg = std::move(out);
}

}  // namespace

FigureInk ink_of(bool dark) {
  if (dark) return {rgb(0x111318), rgb(0x2A2F38), rgb(0xE7E9ED), rgb(0x8E97A6), rgb(0x4FC3C8), rgb(0xE5B04C)};
  return {rgb(0xFFFFFF), rgb(0xDDE1E6), rgb(0x1C2128), rgb(0x5F6976), rgb(0x0B7A80), rgb(0x9A6700)};
}

Result<std::unique_ptr<Canvas>> Canvas::create(const std::string& path, double width, double height, bool dark) {
  const std::string extension = lower(std::filesystem::path(path).extension().string());
  if (extension != ".png" && extension != ".svg" && extension != ".pdf")
    return fail(ErrorCode::invalid_argument, "{}: a figure ends in .png, .svg or .pdf, not in '{}'", path, extension);
  if (!(width >= 16 && width <= 16384 && height >= 16 && height <= 16384))
    return fail(ErrorCode::invalid_argument, "{}: a figure is 16 to 16384 wide and high, not {} x {}", path, width, height);
  std::unique_ptr<Canvas> canvas(new Canvas());
  canvas->path_ = path;
  canvas->width_ = extension == ".png" ? std::round(width) : width;
  canvas->height_ = extension == ".png" ? std::round(height) : height;
  canvas->unit_ = std::clamp(std::sqrt(width * height / (1200.0 * 900.0)), 0.25, 12.0);
  canvas->vector_ = extension != ".png";
  canvas->ink_ = ink_of(dark);
  if (extension == ".svg") {
    canvas->surface_ = cairo_svg_surface_create_for_stream(collect, &canvas->out_, width, height);
  } else if (extension == ".pdf") {
    canvas->surface_ = cairo_pdf_surface_create_for_stream(collect, &canvas->out_, width, height);
    // A fixed date: the same figure gives the same bytes.
    cairo_pdf_surface_set_metadata(canvas->surface_, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata(canvas->surface_, CAIRO_PDF_METADATA_CREATOR, fmt::format("Latentscape {}", kVersion).c_str());
  } else {
    canvas->surface_ = cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(canvas->width_), static_cast<int>(canvas->height_));
  }
  canvas->cr_ = cairo_create(canvas->surface_);
  if (cairo_status(canvas->cr_) != CAIRO_STATUS_SUCCESS)
    return fail(ErrorCode::out_of_memory, "{}: cannot make a drawing of {} x {}: {}", path, width, height,
                cairo_status_to_string(cairo_status(canvas->cr_)));
  canvas->fill_rect({0, 0, canvas->width_, canvas->height_}, canvas->ink_.page);
  return canvas;
}

Canvas::~Canvas() {
  if (cr_) cairo_destroy(cr_);
  if (surface_) cairo_surface_destroy(surface_);
}

void Canvas::set_colour(Rgba colour, double alpha) { source(cr_, colour, alpha); }

void Canvas::line(double x0, double y0, double x1, double y1, Rgba colour, double width) {
  set_colour(colour);
  cairo_set_line_width(cr_, width);
  cairo_move_to(cr_, x0, y0);
  cairo_line_to(cr_, x1, y1);
  cairo_stroke(cr_);
}

void Canvas::fill_rect(const FigureRect& r, Rgba colour, double radius) {
  const double quarter = std::numbers::pi / 2;
  radius = std::min({radius, r.w / 2, r.h / 2});
  cairo_new_path(cr_);
  if (radius > 0) {
    cairo_arc(cr_, r.right() - radius, r.y + radius, radius, -quarter, 0);
    cairo_arc(cr_, r.right() - radius, r.bottom() - radius, radius, 0, quarter);
    cairo_arc(cr_, r.x + radius, r.bottom() - radius, radius, quarter, 2 * quarter);
    cairo_arc(cr_, r.x + radius, r.y + radius, radius, 2 * quarter, 3 * quarter);
    cairo_close_path(cr_);
  } else {
    cairo_rectangle(cr_, r.x, r.y, r.w, r.h);
  }
  set_colour(colour);
  cairo_fill(cr_);
}

void Canvas::dot(double x, double y, double radius, Rgba colour) {
  set_colour(colour);
  cairo_new_path(cr_);
  cairo_arc(cr_, x, y, radius, 0, 2 * std::numbers::pi);
  cairo_fill(cr_);
}

void Canvas::font(double size, bool bold, size_t family) {
  cairo_select_font_face(cr_, kFamilies[family], CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cr_, size);
}

size_t Canvas::family_of(char32_t code, const std::string& letter) {
  if (code < 0x80) return 0;
  const auto known = families_.find(code);
  if (known != families_.end()) return known->second;
  size_t family = 0;
  for (size_t k = std::size(kFamilies); k-- > 0;) {
    font(10.0, false, k);
    if (has_glyphs(cr_, letter)) family = k;
  }
  return families_[code] = family;
}

std::vector<Canvas::Run> Canvas::runs_of(std::string_view text) {
  std::vector<Run> runs;
  for (size_t i = 0; i < text.size();) {
    const Character c = character_at(text, i);
    const std::string letter(text.substr(i, c.bytes));
    const size_t family = family_of(c.code, letter);
    if (runs.empty() || runs.back().family != family) runs.push_back({{}, family});
    runs.back().text += letter;
    i += c.bytes;
  }
  return runs;
}

double Canvas::text_width(std::string_view text, double size, bool bold) {
  double width = 0.0;
  for (const Run& run : runs_of(text)) {
    font(size, bold, run.family);
    cairo_text_extents_t extents;
    cairo_text_extents(cr_, run.text.c_str(), &extents);
    width += extents.x_advance;
  }
  return width;
}

double Canvas::text(double x, double y, std::string_view text, double size, Rgba colour, Align align, bool bold) {
  const double wide = text_width(text, size, bold);
  font(size, bold, 0);
  cairo_text_extents_t digit;
  cairo_text_extents(cr_, "0", &digit);
  const double left = align == Align::left ? x : align == Align::centre ? x - wide / 2 : x - wide;
  set_colour(colour);
  cairo_move_to(cr_, left, y - digit.y_bearing - digit.height / 2);
  for (const Run& run : runs_of(text)) {
    font(size, bold, run.family);
    cairo_show_text(cr_, run.text.c_str());  // ends where the next one begins
  }
  return wide;
}

void Canvas::text_upwards(double x, double y, std::string_view shown, double size, Rgba colour) {
  cairo_save(cr_);
  cairo_translate(cr_, x, y);
  cairo_rotate(cr_, -std::numbers::pi / 2);
  text(0, 0, shown, size, colour, Align::centre);
  cairo_restore(cr_);
}

std::string Canvas::fitted(std::string_view text, double size, double width, bool bold) {
  std::string kept(text);
  if (text_width(kept, size, bold) <= width) return kept;
  while (!kept.empty()) {
    // Whole UTF-8 characters only.
    while (!kept.empty() && (static_cast<unsigned char>(kept.back()) & 0xC0) == 0x80) kept.pop_back();
    if (!kept.empty()) kept.pop_back();
    if (text_width(kept + "…", size, bold) <= width) return kept.empty() ? kept : kept + "…";
  }
  return kept;
}

Status Canvas::rasterised(const FigureRect& rect, const std::function<void(cairo_t*)>& draw) {
  if (!vector_) {
    cairo_save(cr_);
    cairo_rectangle(cr_, rect.x, rect.y, rect.w, rect.h);
    cairo_clip(cr_);
    draw(cr_);
    cairo_restore(cr_);
    return {};
  }
  const double scale = std::min(kRasterScale, 16000.0 / std::max(rect.w, rect.h));
  const int w = static_cast<int>(std::ceil(rect.w * scale)), h = static_cast<int>(std::ceil(rect.h * scale));
  cairo_surface_t* image = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, w, h);
  cairo_t* inner = cairo_create(image);
  cairo_scale(inner, scale, scale);
  cairo_translate(inner, -rect.x, -rect.y);
  draw(inner);
  const cairo_status_t status = cairo_status(inner);
  cairo_destroy(inner);
  if (status == CAIRO_STATUS_SUCCESS) {
    cairo_save(cr_);
    cairo_rectangle(cr_, rect.x, rect.y, rect.w, rect.h);
    cairo_clip(cr_);
    cairo_translate(cr_, rect.x, rect.y);
    cairo_scale(cr_, 1 / scale, 1 / scale);
    cairo_set_source_surface(cr_, image, 0, 0);
    cairo_paint(cr_);
    cairo_restore(cr_);
  }
  cairo_surface_destroy(image);
  if (status != CAIRO_STATUS_SUCCESS)
    return fail(ErrorCode::out_of_memory, "{}: an image of {} x {} does not fit into memory", path_, w, h);
  return {};
}

Result<Bytes> Canvas::png() {
  cairo_surface_flush(surface_);
  Image image{static_cast<size_t>(width_), static_cast<size_t>(height_), 3, {}};
  image.pixels.resize(image.width * image.height * 3);
  const uint8_t* data = cairo_image_surface_get_data(surface_);
  const size_t stride = static_cast<size_t>(cairo_image_surface_get_stride(surface_));
  for (size_t y = 0; y < image.height; ++y) {
    const uint32_t* row = reinterpret_cast<const uint32_t*>(data + y * stride);
    uint8_t* out = image.pixels.data() + y * image.width * 3;
    for (size_t x = 0; x < image.width; ++x, out += 3) {
      out[0] = static_cast<uint8_t>(row[x] >> 16 & 255);
      out[1] = static_cast<uint8_t>(row[x] >> 8 & 255);
      out[2] = static_cast<uint8_t>(row[x] & 255);
    }
  }
  return encode_png(image);
}

Status Canvas::finish() {
  cairo_status_t status = cairo_status(cr_);
  if (vector_ && status == CAIRO_STATUS_SUCCESS) {
    cairo_surface_finish(surface_);
    status = cairo_surface_status(surface_);
  }
  if (status != CAIRO_STATUS_SUCCESS)
    return fail(ErrorCode::internal, "{}: the figure cannot be drawn: {}", path_, cairo_status_to_string(status));
  if (!vector_) {
    LS_TRY(const Bytes bytes, png());
    return atomic_write_file(path_, bytes);
  }
  if (cairo_surface_get_type(surface_) == CAIRO_SURFACE_TYPE_SVG) renumber_ids(out_);
  return atomic_write_file(path_, out_);
}

cairo_surface_t* surface_from_pixels(const uint8_t* pixels, size_t width, size_t height, size_t channels, bool inverted) {
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, static_cast<int>(width), static_cast<int>(height));
  if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
    cairo_surface_destroy(surface);
    return nullptr;
  }
  uint8_t* data = cairo_image_surface_get_data(surface);
  const size_t stride = static_cast<size_t>(cairo_image_surface_get_stride(surface));
  const bool coloured = channels >= 3;
  for (size_t y = 0; y < height; ++y) {
    uint32_t* row = reinterpret_cast<uint32_t*>(data + y * stride);
    for (size_t x = 0; x < width; ++x) {
      const uint8_t* p = pixels + (y * width + x) * channels;
      const uint32_t alpha = channels == 2 ? p[1] : channels == 4 ? p[3] : 255;
      const auto level = [&](size_t c) {
        const uint32_t v = inverted ? 255u - p[coloured ? c : 0] : p[coloured ? c : 0];
        return (v * alpha + 127) / 255;
      };
      row[x] = alpha << 24 | level(0) << 16 | level(1) << 8 | level(2);
    }
  }
  cairo_surface_mark_dirty(surface);
  return surface;
}

void draw_image(cairo_t* cr, cairo_surface_t* image, const FigureRect& rect, double alpha) {
  const double width = cairo_image_surface_get_width(image), height = cairo_image_surface_get_height(image);
  cairo_save(cr);
  cairo_translate(cr, rect.x, rect.y);
  cairo_scale(cr, rect.w / width, rect.h / height);
  cairo_pattern_t* pattern = cairo_pattern_create_for_surface(image);
  cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter(pattern, CAIRO_FILTER_GOOD);
  cairo_set_source(cr, pattern);
  cairo_rectangle(cr, 0, 0, width, height);
  if (alpha < 1.0) {
    cairo_clip(cr);
    cairo_paint_with_alpha(cr, alpha);
  } else {
    cairo_fill(cr);  // without a clip, which would be so many bytes more in SVG and PDF
  }
  cairo_pattern_destroy(pattern);
  cairo_restore(cr);
}

}  // namespace latentscape
