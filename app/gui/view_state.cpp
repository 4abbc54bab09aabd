#include "app/gui/view_state.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace latentscape {
namespace {

using Json = nlohmann::json;

template <class E>
using Names = std::initializer_list<std::pair<E, const char*>>;

const Names<Tool>& tools() {
  static const Names<Tool> names = {{Tool::probe, "probe"}, {Tool::pan, "pan"}, {Tool::click, "click"}};
  return names;
}
const Names<ColourBy>& colours() {
  static const Names<ColourBy> names = {{ColourBy::label, "label"}, {ColourBy::loss, "loss"},    {ColourBy::age, "age"},
                                        {ColourBy::split, "split"}, {ColourBy::score, "score"},  {ColourBy::trust, "trust"},
                                        {ColourBy::moved, "moved"}, {ColourBy::column, "column"}};
  return names;
}
const Names<Underlay>& underlays() {
  static const Names<Underlay> names = {{Underlay::none, "none"}, {Underlay::manifold, "manifold"}, {Underlay::prior, "prior"}};
  return names;
}
const Names<CurveKind>& curve_kinds() {
  static const Names<CurveKind> names = {
      {CurveKind::loss, "loss"}, {CurveKind::reconstruction, "reconstruction"}, {CurveKind::kl, "kl"}, {CurveKind::accuracy, "accuracy"}};
  return names;
}
const Names<SamplesKind>& samples_kinds() {
  static const Names<SamplesKind> names = {{SamplesKind::draws, "draws"}, {SamplesKind::styles, "styles"}};
  return names;
}

template <class E>
const char* name_of(E value, const Names<E>& names) {
  for (const auto& [v, name] : names)
    if (v == value) return name;
  return "";
}

template <class E>
bool from_name(std::string_view text, const Names<E>& names, E& value) {
  for (const auto& [v, name] : names)
    if (text == name) {
      value = v;
      return true;
    }
  return false;
}

/// Reads fields of one object; what is missing or of another type leaves the default.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  Reader at(const char* key) const {
    static const Json nothing = Json::object();
    return Reader(json_.is_object() && json_.contains(key) && json_[key].is_object() ? json_[key] : nothing);
  }
  const Json* find(const char* key) const {
    const auto it = json_.find(key);
    return it == json_.end() ? nullptr : &*it;
  }
  template <class T>
  void number(const char* key, T& value, double low, double high) const {
    const Json* field = find(key);
    if (!field || !field->is_number()) return;
    const double d = field->get<double>();
    if (std::isfinite(d)) value = static_cast<T>(std::clamp(d, low, high));
  }
  void flag(const char* key, bool& value) const {
    if (const Json* field = find(key); field && field->is_boolean()) value = field->get<bool>();
  }
  void text(const char* key, std::string& value) const {
    if (const Json* field = find(key); field && field->is_string()) value = field->get<std::string>();
  }
  template <class E>
  void named(const char* key, const Names<E>& names, E& value) const {
    if (const Json* field = find(key); field && field->is_string()) from_name(field->get<std::string>(), names, value);
  }

 private:
  const Json& json_;
};

void read_map(const Reader& json, MapView& map) {
  const Reader projection = json.at("projection");
  projection.text("method", map.projection.method);
  projection.number("axis_x", map.projection.axis_x, 0, 1e6);
  projection.number("axis_y", map.projection.axis_y, 0, 1e6);
  projection.number("perplexity", map.projection.perplexity, 2, 500);
  projection.number("iterations", map.projection.iterations, 1, 100000);
  projection.number("exaggeration", map.projection.exaggeration, 1, 100);
  projection.number("late_exaggeration", map.projection.late_exaggeration, 1, 100);
  projection.number("neighbours", map.projection.neighbours, 2, 1000);
  projection.number("min_dist", map.projection.min_dist, 0, 1);
  projection.number("epochs", map.projection.epochs, 1, 100000);
  projection.number("seed", map.projection.seed, 0, 9e15);
  const Reader camera = json.at("camera");
  camera.number("x", map.camera.x, -1e12, 1e12);
  camera.number("y", map.camera.y, -1e12, 1e12);
  camera.number("units_per_pixel", map.camera.units_per_pixel, 1e-12, 1e12);
  json.flag("fitted", map.fitted);
  json.flag("follow", map.follow);
  json.named("tool", tools(), map.tool);
  json.named("colour_by", colours(), map.colour_by);
  json.text("colour_column", map.colour_column);
  json.named("underlay", underlays(), map.underlay);
  json.number("points", map.points, 0, 9e15);
  json.number("point_size", map.point_size, 1, 12);
  if (const Json* hidden = json.find("hidden_classes"); hidden && hidden->is_array())
    for (const Json& one : *hidden)
      if (one.is_number_integer()) map.hidden_classes.insert(one.get<int>());
}

void read_layout(const Reader& json, LayoutView& layout) {
  json.number("left", layout.left, 180, 900);
  json.number("right", layout.right, 220, 1200);
  json.number("bottom", layout.bottom, 120, 900);
  json.flag("left_open", layout.left_open);
  json.flag("right_open", layout.right_open);
  json.flag("bottom_open", layout.bottom_open);
  json.flag("map_only", layout.map_only);
  static const Names<Favour> favours = {{Favour::left, "left"}, {Favour::right, "right"}};
  json.named("favour", favours, layout.favour);
  json.flag("favour_bottom", layout.favour_bottom);
  json.text("left_tab", layout.left_tab);
  json.text("right_tab", layout.right_tab);
}

Json json_of(const MapView& map) {
  const ProjectionConfig& p = map.projection;
  return {{"projection",
           {{"method", p.method},
            {"axis_x", p.axis_x},
            {"axis_y", p.axis_y},
            {"perplexity", p.perplexity},
            {"iterations", p.iterations},
            {"exaggeration", p.exaggeration},
            {"late_exaggeration", p.late_exaggeration},
            {"neighbours", p.neighbours},
            {"min_dist", p.min_dist},
            {"epochs", p.epochs},
            {"seed", p.seed}}},
          {"camera", {{"x", map.camera.x}, {"y", map.camera.y}, {"units_per_pixel", map.camera.units_per_pixel}}},
          {"fitted", map.fitted},
          {"follow", map.follow},
          {"tool", to_string(map.tool)},
          {"colour_by", to_string(map.colour_by)},
          {"colour_column", map.colour_column},
          {"underlay", to_string(map.underlay)},
          {"points", map.points},
          {"point_size", map.point_size},
          {"hidden_classes", map.hidden_classes}};
}

}  // namespace

const char* to_string(Tool tool) { return name_of(tool, tools()); }
const char* to_string(ColourBy colour) { return name_of(colour, colours()); }
const char* to_string(Underlay underlay) { return name_of(underlay, underlays()); }
const char* to_string(CurveKind kind) { return name_of(kind, curve_kinds()); }
const char* to_string(SamplesKind kind) { return name_of(kind, samples_kinds()); }
bool tool_from_name(std::string_view name, Tool& tool) { return from_name(name, tools(), tool); }
bool colour_from_name(std::string_view name, ColourBy& colour) { return from_name(name, colours(), colour); }
bool underlay_from_name(std::string_view name, Underlay& underlay) { return from_name(name, underlays(), underlay); }
bool curve_from_name(std::string_view name, CurveKind& kind) { return from_name(name, curve_kinds(), kind); }
bool samples_from_name(std::string_view name, SamplesKind& kind) { return from_name(name, samples_kinds(), kind); }

std::string json_from_view(const ViewState& view) {
  Json out;
  out["map"] = json_of(view.map);
  out["probe"] = {{"z", view.probe.z}, {"selected_row", view.probe.selected_row}, {"label", view.probe.label}};
  out["curves"] = {{"kind", to_string(view.curves.kind)},
                   {"smoothing", view.curves.smoothing},
                   {"log_axis", view.curves.log_axis},
                   {"range", view.curves.range}};
  out["outliers"] = {{"split", to_string(view.outliers.split)}, {"ordinary", view.outliers.ordinary}};
  out["data_space"] = {{"axis_x", view.data_space.axis_x}, {"axis_y", view.data_space.axis_y}, {"draws", view.data_space.draws}};
  out["samples"] = {{"kind", to_string(view.samples.kind)},
                    {"label", view.samples.label},
                    {"temperature", view.samples.temperature},
                    {"seed", view.samples.seed},
                    {"live", view.samples.live}};
  out["layout"] = {{"left", view.layout.left},
                   {"right", view.layout.right},
                   {"bottom", view.layout.bottom},
                   {"left_open", view.layout.left_open},
                   {"right_open", view.layout.right_open},
                   {"bottom_open", view.layout.bottom_open},
                   {"map_only", view.layout.map_only},
                   {"favour", view.layout.favour == Favour::left ? "left" : "right"},
                   {"favour_bottom", view.layout.favour_bottom},
                   {"left_tab", view.layout.left_tab},
                   {"right_tab", view.layout.right_tab}};
  out["look"] = {{"theme", view.look.theme},
                 {"language", view.look.language},
                 {"scale", view.look.scale},
                 {"reduced_motion", view.look.reduced_motion}};
  out["log_filter"] = view.log_filter;
  out["hints_dismissed"] = view.hints_dismissed;
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

ViewState view_from_json(std::string_view text) {
  ViewState view;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return view;
  const Reader root(json);
  read_map(root.at("map"), view.map);
  const Reader probe = root.at("probe");
  if (const Json* z = probe.find("z"); z && z->is_array())
    for (const Json& one : *z)
      if (one.is_number()) view.probe.z.push_back(std::clamp(one.get<float>(), -1e6f, 1e6f));
  probe.number("selected_row", view.probe.selected_row, -1, 9e15);
  probe.number("label", view.probe.label, 0, 1e9);
  const Reader curves = root.at("curves");
  curves.named("kind", curve_kinds(), view.curves.kind);
  curves.number("smoothing", view.curves.smoothing, 0, 0.99);
  curves.flag("log_axis", view.curves.log_axis);
  if (const Json* range = curves.find("range");
      range && range->is_array() && range->size() == 2 && (*range)[0].is_number() && (*range)[1].is_number())
    view.curves.range = {(*range)[0].get<double>(), (*range)[1].get<double>()};
  const Reader samples = root.at("samples");
  samples.named("kind", samples_kinds(), view.samples.kind);
  samples.number("label", view.samples.label, -1, 1e9);
  samples.number("temperature", view.samples.temperature, 0, 4);
  samples.number("seed", view.samples.seed, 0, 9e15);
  samples.flag("live", view.samples.live);
  const Reader outliers = root.at("outliers");
  static const Names<Split> splits = {{Split::train, "train"}, {Split::heldout, "heldout"}, {Split::test, "test"}};
  outliers.named("split", splits, view.outliers.split);
  outliers.flag("ordinary", view.outliers.ordinary);
  const Reader data_space = root.at("data_space");
  data_space.number("axis_x", view.data_space.axis_x, 0, 1e6);
  data_space.number("axis_y", view.data_space.axis_y, 0, 1e6);
  data_space.flag("draws", view.data_space.draws);
  read_layout(root.at("layout"), view.layout);
  const Reader look = root.at("look");
  look.text("theme", view.look.theme);
  look.text("language", view.look.language);
  look.number("scale", view.look.scale, 1, 3);
  look.flag("reduced_motion", view.look.reduced_motion);
  if (view.look.theme != "paper") view.look.theme = "ink";
  if (view.look.language != "zh") view.look.language = "en";
  root.text("log_filter", view.log_filter);
  root.flag("hints_dismissed", view.hints_dismissed);
  return view;
}

}  // namespace latentscape
