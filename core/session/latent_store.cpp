#include "core/session/latent_store.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace latentscape {

namespace {

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
constexpr int64_t kNever = -1;
constexpr size_t kChunk = 512;  // rows between two looks at the stop token
constexpr size_t kOldestAtOnce = 16 * kChunk;

}  // namespace

LatentStore::LatentStore(const Dataset& data, size_t latent) {
  auto points = std::make_shared<PointSet>();
  points->ids = data.ids_of({Split::train, Split::heldout});
  points->labels.reserve(points->ids.size());
  points->splits.reserve(points->ids.size());
  index_of_row_.assign(data.rows, kNone);
  for (uint32_t row : points->ids) {
    index_of_row_[row] = static_cast<uint32_t>(points->labels.size());
    points->labels.push_back(data.label(row));
    points->splits.push_back(data.split[row]);
  }
  const size_t n = points->ids.size();
  means_ = FloatArray(n, latent);
  losses_.assign(n, std::numeric_limits<float>::quiet_NaN());
  mean_step_.assign(n, kNever);
  loss_step_.assign(n, kNever);
  unknown_ = n;
  points_ = std::move(points);
}

void LatentStore::absorb(const Trainer& trainer) {
  ++changes_;
  const auto rows = trainer.last_rows();
  const auto means = trainer.last_means();
  const auto losses = trainer.last_losses();
  const auto before = static_cast<int64_t>(trainer.step_count()) - 1;  // the weights that the minibatch saw
  for (size_t i = 0; i < rows.size(); ++i) {
    const uint32_t at = index_of_row_[rows[i]];
    if (at == kNone) continue;
    std::copy_n(means.row_data(i), means_.cols, means_.row_data(at));
    losses_[at] = losses[i];
    unknown_ -= mean_step_[at] == kNever;
    mean_step_[at] = before;
    loss_step_[at] = before;
  }
}

void LatentStore::went_back(uint64_t step) {
  ++changes_;
  const int64_t newest = static_cast<int64_t>(step) - 1;  // at step 0: kNever
  for (int64_t& s : mean_step_) s = std::min(s, newest);
  for (int64_t& s : loss_step_) s = std::min(s, newest);
  unknown_ = static_cast<size_t>(std::count(mean_step_.begin(), mean_step_.end(), kNever));
  oldest_.clear();
}

Status LatentStore::encode(Trainer& trainer, bool with_losses, std::stop_token stop) {
  if (chunk_.empty()) return {};
  chunk_rows_.clear();
  for (uint32_t at : chunk_) chunk_rows_.push_back(points_->ids[at]);
  chunk_means_.resize(chunk_.size(), means_.cols);
  chunk_losses_.resize(with_losses ? chunk_.size() : 0);
  LS_CHECK(trainer.encode_rows(chunk_rows_, chunk_means_, chunk_losses_, stop));
  ++changes_;
  const auto now = static_cast<int64_t>(trainer.step_count());
  for (size_t i = 0; i < chunk_.size(); ++i) {
    const uint32_t at = chunk_[i];
    std::copy_n(chunk_means_.row_data(i), means_.cols, means_.row_data(at));
    unknown_ -= mean_step_[at] == kNever;
    mean_step_[at] = now;
    if (!with_losses) continue;
    losses_[at] = chunk_losses_[i];
    loss_step_[at] = now;
  }
  return {};
}

Status LatentStore::refresh_rows(Trainer& trainer, bool with_losses, std::stop_token stop) {
  for (size_t begin = 0; begin < listed_.size(); begin += kChunk) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "refreshing the latents was stopped");
    const size_t end = std::min(begin + kChunk, listed_.size());
    chunk_.assign(listed_.begin() + static_cast<std::ptrdiff_t>(begin), listed_.begin() + static_cast<std::ptrdiff_t>(end));
    LS_CHECK(encode(trainer, with_losses, stop));
  }
  return {};
}

Status LatentStore::refresh_all(Trainer& trainer, Losses losses, std::stop_token stop) {
  const auto now = static_cast<int64_t>(trainer.step_count());
  listed_.clear();
  for (uint32_t at = 0; at < size(); ++at) {
    const bool wanted = losses == Losses::all || (losses == Losses::heldout && points_->splits[at] == Split::heldout);
    if (wanted && (loss_step_[at] != now || mean_step_[at] != now)) listed_.push_back(at);
  }
  LS_CHECK(refresh_rows(trainer, true, stop));
  listed_.clear();
  for (uint32_t at = 0; at < size(); ++at)
    if (mean_step_[at] != now) listed_.push_back(at);
  return refresh_rows(trainer, false, stop);
}

void LatentStore::find_oldest(size_t count) {
  oldest_.resize(size());
  std::iota(oldest_.begin(), oldest_.end(), 0u);
  const auto older = [&](uint32_t a, uint32_t b) { return mean_step_[a] != mean_step_[b] ? mean_step_[a] < mean_step_[b] : a < b; };
  count = std::min(count, oldest_.size());
  std::nth_element(oldest_.begin(), oldest_.begin() + static_cast<std::ptrdiff_t>(count), oldest_.end(), older);
  oldest_.resize(count);
  std::sort(oldest_.begin(), oldest_.end(), [&](uint32_t a, uint32_t b) { return older(b, a); });
}

Status LatentStore::refresh_oldest(Trainer& trainer, size_t rows, std::stop_token stop) {
  const auto now = static_cast<int64_t>(trainer.step_count());
  if (oldest_.empty()) find_oldest(kOldestAtOnce);
  chunk_.clear();
  while (!oldest_.empty() && chunk_.size() < std::min(rows, kChunk)) {
    // A minibatch may have brought it up to date since it was listed.
    if (mean_step_[oldest_.back()] + 1 < now) chunk_.push_back(oldest_.back());
    oldest_.pop_back();
  }
  return encode(trainer, false, stop);
}

std::shared_ptr<const LatentFrame> LatentStore::frame(uint64_t revision, uint64_t step) const {
  auto frame = std::make_shared<LatentFrame>();
  frame->revision = revision;
  frame->step = step;
  frame->points = points_;
  frame->means = means_;
  frame->losses = losses_;
  frame->ages.resize(size());
  for (size_t i = 0; i < size(); ++i) {
    const int64_t age = static_cast<int64_t>(step) - mean_step_[i];
    frame->ages[i] = static_cast<uint32_t>(std::clamp<int64_t>(age, 0, kNone));
    frame->oldest_age = std::max(frame->oldest_age, frame->ages[i]);
  }
  return frame;
}

}  // namespace latentscape
