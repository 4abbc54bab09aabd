// ViewState: all that a person has set about what they see; a plain value, JSON, undoable. Nothing of the run is in it.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/projection/projection.hpp"

namespace latentscape {

enum class Tool { probe, pan, click };  // keys 1, 2 (also H), 3
/// score: of what the Outliers panel scored; trust: of the map around a point; moved: since the map that was kept; column: of the data.
enum class ColourBy { label, loss, age, split, score, trust, moved, column };
enum class Underlay { none, manifold, prior };  // decoded manifold, prior circles
enum class CurveKind { loss, reconstruction, kl, accuracy };
enum class SamplesKind { draws, styles };  // of the prior; classes by styles, where the model decodes with a label
enum class Favour { left, right };         // which side stays where there is no room for both: the one asked for last

/// What part of the map is shown: its centre in map units, and map units a pixel at UI scale 1.
struct Camera {
  double x = 0.0;
  double y = 0.0;
  double units_per_pixel = 0.01;
  bool operator==(const Camera&) const = default;
};

struct MapView {
  ProjectionConfig projection;
  Camera camera;
  bool fitted = true;  // follows the points until the person pans or zooms
  Tool tool = Tool::probe;
  ColourBy colour_by = ColourBy::label;
  std::string colour_column;  // the name of the one that colours by a column go by
  Underlay underlay = Underlay::manifold;
  size_t points = 0;        // at most this many are drawn; 0: all
  float point_size = 3.0f;  // diameter, pixels at UI scale 1
  std::set<int> hidden_classes;
  bool follow = true;   // projections follow training
  bool frozen = false;  // layouts hold still
  bool operator==(const MapView&) const = default;
};

struct ProbeView {
  std::vector<float> z;       // empty until data is open
  int64_t selected_row = -1;  // dataset row of the clicked point, the anchor of a drag; -1: none
  int label = 0;              // class to decode as, for models that are told it; the underlay's, too
  bool operator==(const ProbeView&) const = default;
};

struct CurvesView {
  CurveKind kind = CurveKind::loss;
  float smoothing = 0.9f;  // of the train curve, 0 to 0.99: the weight of what came before
  bool log_axis = false;
  std::array<double, 2> range{0.0, 0.0};  // epochs shown; equal: all
  bool operator==(const CurvesView&) const = default;
};

struct SamplesView {
  SamplesKind kind = SamplesKind::draws;
  int label = -1;  // class of the draws, for models that are told it; -1: each in turn
  float temperature = 1.0f;
  uint64_t seed = 1;
  bool live = true;
  bool operator==(const SamplesView&) const = default;
};

struct OutliersView {
  Split split = Split::heldout;
  bool ordinary = false;  // the most ordinary ones instead of the strangest
  bool operator==(const OutliersView&) const = default;
};

/// Which two numbers of a table's examples are drawn; from 0.
struct DataSpaceView {
  size_t axis_x = 0, axis_y = 1;
  bool draws = true;  // decoded draws from the prior, too
  bool operator==(const DataSpaceView&) const = default;
};

struct LayoutView {
  float left = 268.0f;  // widths and heights at UI scale 1
  float right = 336.0f;
  float bottom = 232.0f;
  bool left_open = true;
  bool right_open = true;
  bool bottom_open = true;
  bool map_only = false;  // F11
  Favour favour = Favour::right;
  bool favour_bottom = false;  // asked for: shown also where it leaves the map little
  std::string left_tab = "train";
  std::string right_tab = "probe";
  bool operator==(const LayoutView&) const = default;
};

struct LookView {
  std::string theme = "ink";    // ink, paper
  std::string language = "en";  // en, zh
  float scale = 1.0f;           // 1 to 3
  bool reduced_motion = false;
  bool operator==(const LookView&) const = default;
};

struct ViewState {
  MapView map;
  ProbeView probe;
  CurvesView curves;
  SamplesView samples;
  OutliersView outliers;
  DataSpaceView data_space;
  LayoutView layout;
  LookView look;
  std::string log_filter;
  bool hints_dismissed = false;
  bool operator==(const ViewState&) const = default;
};

/// The names that view.json and scripts use; `..._from_name` leaves the value alone where the name is unknown.
const char* to_string(Tool tool);
const char* to_string(ColourBy colour);
const char* to_string(Underlay underlay);
const char* to_string(CurveKind kind);
const char* to_string(SamplesKind kind);
bool tool_from_name(std::string_view name, Tool& tool);
bool colour_from_name(std::string_view name, ColourBy& colour);
bool underlay_from_name(std::string_view name, Underlay& underlay);
bool curve_from_name(std::string_view name, CurveKind& kind);
bool samples_from_name(std::string_view name, SamplesKind& kind);

std::string json_from_view(const ViewState& view);
/// Unknown keys are ignored and values out of range are clamped, so that an old view.json never stands in the way.
ViewState view_from_json(std::string_view text);

}  // namespace latentscape
