#include "core/session/preview_worker.hpp"

#include <new>

#include "core/data/source.hpp"
#include "core/data/text_columns.hpp"
#include "core/session/no_memory.hpp"
#include "core/train/run_data.hpp"

namespace latentscape {

namespace {

void look_at(const DataRequest& request, DataPreview& preview) {
  if (const auto source = detect_source(request); source.ok()) preview.source = (*source)->name;
  if (preview.source == "text") preview.text_columns = text_column_names(request.spec, request.reading);
  auto data = load_dataset(request);
  if (data.ok()) {
    preview.summary = std::make_shared<const DataSummary>(summarise(**data));
    preview.data = std::move(data).value();
    return;
  }
  preview.error = std::move(data).error();
  // Images of several sizes are the one fault that a choice mends.
  const bool choice_missing = preview.error.code == ErrorCode::invalid_argument && request.reading.size == 0;
  if (!choice_missing || preview.source != "images") return;
  if (auto sizes = sizes_of_images(request.spec, request.stop, request.progress); sizes.ok() && sizes->different > 1)
    preview.sizes = std::move(sizes).value();
}

}  // namespace

PreviewWorker::PreviewWorker() : worker_([this](const Job& job, const std::stop_token& stop) { return answer(job, stop); }) {}

void PreviewWorker::request(PreviewRequest request) {
  std::lock_guard lock(mutex_);
  cancel_.request_stop();
  cancel_ = std::stop_source();
  progress_ = {!request.config.data.empty(), 0.0, {}};
  worker_.request({std::move(request), cancel_});
}

void PreviewWorker::cancel() {
  std::lock_guard lock(mutex_);
  cancel_.request_stop();
}

void PreviewWorker::forget() {
  PreviewRequest nothing;
  nothing.config.data.clear();
  request(std::move(nothing));
}

LoadingState PreviewWorker::progress() const {
  std::lock_guard lock(mutex_);
  if (!worker_.busy() || cancel_.stop_requested()) return {};
  return progress_;
}

std::shared_ptr<const DataPreview> PreviewWorker::answer(const Job& job, const std::stop_token& stop) {
  std::stop_source cancel = job.cancel;
  const std::stop_callback close(stop, [&cancel] { cancel.request_stop(); });
  auto preview = std::make_shared<DataPreview>();
  preview->tag = job.request.tag;
  preview->config = job.request.config;
  if (preview->config.data.empty()) return preview;
  // A job that was cancelled tells nothing about the one after it.
  const auto told = [&](LoadingState state) {
    std::lock_guard lock(mutex_);
    if (!cancel.stop_requested()) progress_ = std::move(state);
  };
  DataRequest request = data_request_from(preview->config);
  request.stop = cancel.get_token();
  request.progress = [&](double fraction, const std::string& what) { told({true, fraction, what}); };
  try {
    look_at(request, *preview);
  } catch (const std::bad_alloc&) {
    preview->data.reset();
    preview->error = no_memory(request.spec);
  }
  if (cancel.stop_requested()) return nullptr;
  return preview;
}

}  // namespace latentscape
