#include "core/session/outlier_worker.hpp"

#include <algorithm>
#include <numeric>

#include "core/session/no_memory.hpp"
#include "core/train/anomaly_rows.hpp"

namespace latentscape {
namespace {

constexpr int kBehindTheProbe = 4;   // steps of priority: nobody holds a pointer for it
constexpr uint64_t kSubsetSeed = 1;  // the same rows each time, so that scores of two moments can be compared

std::vector<uint32_t> rows_of(const Dataset& data, const OutlierRequest& request, size_t& there) {
  std::vector<uint32_t> rows = data.ids_of(request.split);
  there = rows.size();
  if (request.most == 0 || request.most >= rows.size()) return rows;
  std::vector<uint32_t> some;
  for (const uint32_t i : subset_of(rows.size(), request.most, kSubsetSeed)) some.push_back(rows[i]);
  return some;
}

}  // namespace

OutlierWorker::OutlierWorker(SessionState& state)
    : state_(state),
      worker_(SaysNoMemory<Job, OutlierAnswer>(state, "the outliers",
                                               [this](const Job& job, const std::stop_token& stop) { return answer(job, stop); }),
              kBehindTheProbe) {}

void OutlierWorker::request(OutlierRequest request) {
  std::lock_guard lock(mutex_);
  cancel_.request_stop();
  cancel_ = std::stop_source();
  share_ = 0.0;
  worker_.request({request, cancel_});
}

void OutlierWorker::cancel() {
  std::lock_guard lock(mutex_);
  cancel_.request_stop();
}

OutlierProgress OutlierWorker::progress() const {
  std::lock_guard lock(mutex_);
  return {worker_.busy() && !cancel_.stop_requested(), share_};
}

std::shared_ptr<const OutlierAnswer> OutlierWorker::answer(const Job& job, const std::stop_token& stop) {
  std::stop_source cancel = job.cancel;
  const std::stop_callback close(stop, [&cancel] { cancel.request_stop(); });
  const auto published = state_.published.latest();
  if (cancel.stop_requested() || !published || !published->run || !published->snapshot || !published->snapshot->weights) return nullptr;
  const OpenedRun& run = *published->run;
  const ModelWeights& weights = *published->snapshot->weights;
  auto answer = std::make_shared<OutlierAnswer>();
  answer->revision = weights.revision;
  answer->step = weights.step;
  answer->tag = job.request.tag;
  answer->split = job.request.split;
  answer->rows = rows_of(*run.data, job.request, answer->there);
  const auto told = [&](double share) {
    // A job that was cancelled tells nothing about the one after it; what belongs to a closed run is of no use.
    if (state_.published.latest()->run != published->run) cancel.request_stop();
    std::lock_guard lock(mutex_);
    if (!cancel.stop_requested()) share_ = share;
  };
  auto scores = anomaly_of_rows(*weights.model, weights.parameters, *run.data, answer->rows, run.config, pool_, cancel.get_token(), told);
  if (cancel.stop_requested()) return nullptr;
  if (!scores.ok()) {
    answer->error = scores.error().message;
    return answer;
  }
  answer->scores = std::move(scores).value();
  const std::vector<double>& score = answer->scores.score;
  answer->ranked.resize(score.size());
  std::iota(answer->ranked.begin(), answer->ranked.end(), 0u);
  std::stable_sort(answer->ranked.begin(), answer->ranked.end(), [&](uint32_t a, uint32_t b) { return score[a] > score[b]; });
  return answer;
}

}  // namespace latentscape
