// Built-in `survey`: answers to a questionnaire whose probability is known, the smallest data of categories that a model can be judged on.
#include "core/data/survey.hpp"

#include <algorithm>
#include <numeric>

#include "core/data/source.hpp"

namespace latentscape {

void register_source_survey(Registry<DataSource>& registry);

namespace {

constexpr size_t kDefaultRows = 5000;
constexpr size_t kMaxRows = 1'000'000;
constexpr uint64_t kRowStep = 21, kTestStep = 22;  // of RngStream::general and ::split

/// "q1" with the categories "a", "b", ...
Column question_column(size_t question, size_t answers, size_t rows) {
  Column column{fmt::format("q{}", question + 1), {}, std::vector<float>(rows)};
  for (size_t a = 0; a < answers; ++a) column.categories.push_back(std::string(1, static_cast<char>('a' + a)));
  return column;
}

Result<Dataset> load_survey(const DataRequest& request) {
  const size_t rows = request.count ? request.count : kDefaultRows;
  if (rows < 2 || rows > kMaxRows)
    return fail(ErrorCode::invalid_argument, "{}: count is {}, expected 2 to {}", request.spec, rows, kMaxRows);
  const Survey survey(request.seed);
  Dataset data;
  data.name = request.spec;
  data.kind = DataKind::table;
  data.categories = survey.answers();
  data.shape = {std::accumulate(data.categories.begin(), data.categories.end(), size_t{0})};
  data.rows = rows;
  Column label{"label", {}, std::vector<float>(rows)}, density{"log_density", {}, std::vector<float>(rows)};
  for (size_t c = 0; c < survey.classes(); ++c) label.categories.push_back(fmt::format("group {}", c + 1));
  for (size_t q = 0; q < data.categories.size(); ++q) data.columns.push_back(question_column(q, data.categories[q], rows));
  std::vector<float> values(rows * data.width());
  std::vector<size_t> answers(data.categories.size());
  for (size_t i = 0; i < rows; ++i) {
    if (request.stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: drawing was stopped", request.spec);
    Rng rng(request.seed, RngStream::general, kRowStep, static_cast<uint32_t>(i));
    label.values[i] = static_cast<float>(survey.draw(rng, answers));
    density.values[i] = static_cast<float>(survey.log_probability(answers));
    float* group = values.data() + i * data.width();
    for (size_t q = 0; q < answers.size(); ++q) {
      group[answers[q]] = 1.0f;
      group += data.categories[q];
      data.columns[q].values[i] = static_cast<float>(answers[q]);
    }
  }
  data.values = std::move(values);
  data.label_column = static_cast<int>(data.columns.size());
  data.columns.push_back(std::move(label));
  data.columns.push_back(std::move(density));
  data.split.assign(rows, Split::train);
  const std::vector<uint32_t> order = random_permutation(static_cast<uint32_t>(rows), Rng(request.seed, RngStream::split, kTestStep));
  for (size_t i = 0; i < std::max<size_t>(1, rows / 5); ++i) data.split[order[i]] = Split::test;
  return data;
}

}  // namespace

void register_source_survey(Registry<DataSource>& registry) {
  registry.add({"survey", "built in: eight questions with two to five answers each, by four hidden groups of people, 5,000 by default",
                true, [](const std::string& spec) { return spec == "survey"; }, load_survey});
}

}  // namespace latentscape
