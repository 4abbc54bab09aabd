#include "core/io/preprocessing_json.hpp"

#include <algorithm>
#include <cmath>

#include "core/io/json_object.hpp"

namespace latentscape {

std::string json_from_preprocessing(const Preprocessing& preprocessing) {
  if (!preprocessing.words.empty()) return JsonWriter(false).add("words", preprocessing.words).text();
  std::vector<std::string> names;
  std::vector<double> means, scales, fills, offsets;
  JsonWriter categories(false), json(false);
  for (const TableInput& input : preprocessing.inputs) {
    if (!input.categories.empty()) categories.add(std::to_string(names.size()), input.categories);
    names.push_back(input.name);
    means.push_back(input.mean);
    scales.push_back(input.scale);
    fills.push_back(input.fill);
    offsets.push_back(input.offset);
  }
  json.add("names", names).add("means", means).add("scales", scales).add("fills", fills).add("categories", categories);
  const bool any = std::any_of(offsets.begin(), offsets.end(), [](double offset) { return offset != 0.0; });
  return any ? json.add("offsets", offsets).text() : json.text();
}

Result<Preprocessing> preprocessing_from_json(std::string_view text, std::string_view where) {
  LS_TRY(const JsonObject json, JsonObject::parse(text, where));
  Preprocessing out;
  if (json.has("words")) {
    LS_CHECK(json.require({"words"}));
    LS_CHECK(json.read("words", out.words));
    if (out.words.empty()) return fail(ErrorCode::corrupt, "{}: has no words, expected at least one", where);
    return out;
  }
  LS_CHECK(json.require({"names", "means", "scales", "fills", "categories"}));
  std::vector<std::string> names;
  std::vector<double> means, scales, fills, offsets;
  LS_CHECK(json.read("names", names));
  LS_CHECK(json.read("means", means));
  LS_CHECK(json.read("scales", scales));
  LS_CHECK(json.read("fills", fills));
  LS_CHECK(json.read("offsets", offsets));
  LS_TRY(const JsonObject categories, json.object("categories"));
  const size_t n = names.size();
  if (offsets.empty()) offsets.resize(n);
  if (offsets.size() != n)
    return fail(ErrorCode::corrupt, "{}: has {} names and {} offsets, expected as many of each", where, n, offsets.size());
  if (n == 0 || means.size() != n || scales.size() != n || fills.size() != n)
    return fail(ErrorCode::corrupt, "{}: has {} names, {} means, {} scales and {} fills, expected as many of each", where, n, means.size(),
                scales.size(), fills.size());
  for (size_t i = 0; i < n; ++i) {
    TableInput input{names[i], {}, means[i], scales[i], fills[i], offsets[i]};
    LS_CHECK(categories.read(std::to_string(i), input.categories));
    const bool sound = std::isfinite(input.mean) && std::isfinite(input.scale) && input.scale > 0.0 && std::isfinite(input.fill) &&
                       std::isfinite(input.offset);
    const bool filled = input.categories.empty() || (input.fill >= 0.0 && input.fill < static_cast<double>(input.categories.size()));
    if (!sound || !filled)
      return fail(ErrorCode::corrupt, "{}: column '{}' has mean {}, scale {} and fill {}, expected finite ones, the scale above 0", where,
                  input.name, input.mean, input.scale, input.fill);
    out.inputs.push_back(std::move(input));
  }
  return out;
}

}  // namespace latentscape
