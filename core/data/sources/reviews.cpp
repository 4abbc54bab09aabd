// Built-in `reviews`: short texts from a grammar, whose topic, sentiment, aspect and strength are known.
#include <algorithm>
#include <unordered_set>

#include "core/data/review_grammar.hpp"
#include "core/data/source.hpp"

namespace latentscape {

void register_source_reviews(Registry<DataSource>& registry);

namespace {

constexpr size_t kDefaultRows = 6000;
constexpr size_t kMaxRows = 1'000'000;
constexpr size_t kMostRedrawn = 100;               // of a text that is there already
constexpr uint64_t kRowStep = 23, kTestStep = 24;  // of RngStream::general and ::split

Column column_of(std::string name, std::span<const std::string_view> categories, size_t rows) {
  return {std::move(name), {categories.begin(), categories.end()}, std::vector<float>(rows)};
}

/// "film: plot"
Column aspect_column(size_t rows) {
  Column column{"aspect", {}, std::vector<float>(rows)};
  for (size_t t = 0; t < review_topics().size(); ++t)
    for (const std::string_view aspect : review_aspects(t)) column.categories.push_back(fmt::format("{}: {}", review_topics()[t], aspect));
  return column;
}

Result<Dataset> load_reviews(const DataRequest& request) {
  const size_t rows = request.count ? request.count : kDefaultRows;
  if (rows < 2 || rows > kMaxRows)
    return fail(ErrorCode::invalid_argument, "{}: count is {}, expected 2 to {}", request.spec, rows, kMaxRows);
  Dataset data;
  data.name = request.spec;
  data.kind = DataKind::text;
  data.rows = rows;
  data.columns = {column_of("topic", review_topics(), rows), column_of("sentiment", review_sentiments(), rows), aspect_column(rows),
                  column_of("strength", review_strengths(), rows)};
  data.label_column = 0;                 // the topic, where no other is asked for
  std::unordered_set<std::string> seen;  // no text of test is one of train
  for (size_t i = 0; i < rows; ++i) {
    if (request.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: drawing was stopped", request.spec);
    Rng rng(request.seed, RngStream::general, kRowStep, static_cast<uint32_t>(i));
    Review review = draw_review(rng);
    for (size_t again = 0; !seen.insert(review.text).second && again < kMostRedrawn; ++again) review = draw_review(rng);
    data.texts.push_back(std::move(review.text));
    data.columns[0].values[i] = static_cast<float>(review.facts.topic);
    data.columns[1].values[i] = static_cast<float>(review.facts.sentiment);
    data.columns[2].values[i] = static_cast<float>(review_aspects(0).size() * review.facts.topic + review.facts.aspect);
    data.columns[3].values[i] = static_cast<float>(review.facts.strength);
  }
  data.split.assign(rows, Split::train);
  const std::vector<uint32_t> order = random_permutation(static_cast<uint32_t>(rows), Rng(request.seed, RngStream::split, kTestStep));
  for (size_t i = 0; i < std::max<size_t>(1, rows / 5); ++i) data.split[order[i]] = Split::test;
  return data;
}

}  // namespace

void register_source_reviews(Registry<DataSource>& registry) {
  registry.add({"reviews", "built in: short reviews from a grammar, 6,000 by default; topic, sentiment, aspect and strength are known",
                true, [](const std::string& spec) { return spec == "reviews"; }, load_reviews});
}

}  // namespace latentscape
