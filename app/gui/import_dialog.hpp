// ImportDialog: what was understood of a file or folder, a look at it, and a form to correct it, before anything is trained.
#pragma once

#include <memory>
#include <string>

#include "app/gui/import_form.hpp"

namespace latentscape {

struct AppState;
struct PanelContext;

class ImportDialog {
 public:
  bool is_open = false;

  /// `out`: the run directory of what is trained; empty: a new one.
  void show(AppState& app, RunConfig config, std::string out = {});
  void draw(AppState& app, PanelContext& c);
  const ImportForm& form() const { return form_; }
  /// What there is to see: null while it is read for the first time, and after Cancel.
  const std::shared_ptr<const DataPreview>& shown() const { return shown_; }
  /// The newest request is answered.
  bool settled() const { return shown_ && shown_->tag == tag_; }

 private:
  void ask(AppState& app);
  void take(AppState& app);
  void close(AppState& app);
  void understood(AppState& app, PanelContext& c);
  void fields(AppState& app, PanelContext& c);
  bool image_fields(PanelContext& c);
  bool text_fields(PanelContext& c);
  bool label_field(PanelContext& c);
  bool table_fields(PanelContext& c);
  bool column_checks(PanelContext& c);
  bool heldout_share(PanelContext& c);
  void footer(AppState& app, PanelContext& c);
  void train(AppState& app);

  ImportForm form_;
  std::string out_;
  std::shared_ptr<const DataPreview> shown_;
  std::string heldout_;       // what the data itself holds out, where it does
  std::string side_refused_;  // why the side that was typed is none
  uint64_t tag_ = 0;          // of the newest request
  double asked_ = 0.0;
};

}  // namespace latentscape
