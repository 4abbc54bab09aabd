// The form before training: what it chooses itself, and what it remembers while choices change.
#include "app/gui/import_form.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

DataPreview mixed_sizes() {
  DataPreview preview;
  ImageSizes sizes;
  sizes.images = 9;
  sizes.different = 4;
  sizes.least_side = 50;
  preview.sizes = sizes;
  return preview;
}

TEST(ImportForm, ImagesThatDifferGetASizeThatAPersonCanChange) {
  ImportForm form;
  ASSERT_TRUE(form.take(mixed_sizes())) << "to be read again";
  EXPECT_EQ(form.config.reading.size, 48u);
  EXPECT_TRUE(form.chose_size);
  form.choose_size(32);
  EXPECT_FALSE(form.chose_size);
  EXPECT_FALSE(form.take(mixed_sizes())) << "the person's choice stays";
  EXPECT_EQ(form.config.reading.size, 32u);
}

TEST(ImportForm, LabelsAreThoseOfTheFirstLook) {
  ImportForm form;
  auto first = std::make_shared<DataSummary>();
  for (const char* name : {"species", "sex", "weight"}) {
    ColumnSummary column;
    column.name = name;
    column.can_be_label = std::string(name) != "weight";
    first->columns.push_back(column);
  }
  DataPreview preview;
  preview.summary = first;
  form.take(preview);
  EXPECT_EQ(form.labels, (std::vector<std::string>{"species", "sex"}));
  std::swap(first->columns[0], first->columns[1]);  // with another label the columns have another order; the list holds still
  form.take(preview);
  EXPECT_EQ(form.labels, (std::vector<std::string>{"species", "sex"}));
  form.config.reading.label = "sex";
  form.choose_kind("npy");
  EXPECT_TRUE(form.labels.empty());
  EXPECT_EQ(form.config.reading, Reading());
}

TEST(ImportForm, ColumnsThatAreLeftOutStayInTheList) {
  Dataset data;
  auto summary = std::make_shared<DataSummary>();
  for (const char* name : {"id", "weight", "wing"}) {
    data.columns.push_back({name, {}, {}});
    ColumnSummary column;
    column.name = name;
    column.role = std::string(name) == "id" ? ColumnRole::other : ColumnRole::input;
    summary->columns.push_back(column);
  }
  DataPreview preview;
  preview.data = std::make_shared<const Dataset>(data);
  preview.summary = summary;
  ImportForm form;
  form.take(preview);
  EXPECT_EQ(form.columns, (std::vector<std::string>{"weight", "wing"})) << "row numbers are not trained on anyway";
  form.leave_out("weight", true);
  EXPECT_TRUE(form.leaves_out("weight"));
  summary->columns[1].role = ColumnRole::other;  // as it is read now
  form.take(preview);
  EXPECT_EQ(form.columns, (std::vector<std::string>{"weight", "wing"}));
  form.leave_out("wing", true);
  DataPreview refused;  // nothing is left to train on
  form.take(refused);
  EXPECT_EQ(form.columns.size(), 2u) << "or nothing could be ticked again";
  form.leave_out("weight", false);
  EXPECT_EQ(form.config.reading.leave_out, std::vector<std::string>{"wing"});
}

TEST(ImportForm, AColumnIsNotTextAndLabelAtOnce) {
  ImportForm form;
  form.config.reading.label = "title";
  form.choose_text("body");
  EXPECT_EQ(form.config.reading.label, "title");
  form.choose_text("title");
  EXPECT_EQ(form.config.reading.text, "title");
  EXPECT_EQ(form.config.reading.label, "");
  EXPECT_TRUE(fields_of("text").texts);
  EXPECT_FALSE(fields_of("svmlight").texts) << "word counts come with their words";
}

TEST(ImportForm, FilesAndFoldersAskBuiltInDataAndRunsDoNot) {
  const TemporaryFolder folder("import");
  EXPECT_TRUE(asks_how_to_read(folder.path()));
  std::ofstream(folder / "run.json") << "{}";
  EXPECT_FALSE(asks_how_to_read(folder.path())) << "a run";
  EXPECT_TRUE(asks_how_to_read(folder / "run.json"));
  EXPECT_FALSE(asks_how_to_read("strokes"));
  EXPECT_FALSE(asks_how_to_read("mixture:rings"));
  EXPECT_FALSE(asks_how_to_read(folder / "absent.csv")) << "that is said without a form";
}

TEST(ImportForm, ReadingAgainKeepsTheDataAndTheKindOfModel) {
  RunConfig run;
  run.data = "photos";
  run.reading.size = 32;
  run.model.latent = 8;
  run.only = "label=3";
  run.heldout_share = 0.2;
  run.epochs = 77;
  const RunConfig again = config_to_read_again(run, "/there/photos");
  EXPECT_EQ(again.data, "/there/photos");
  EXPECT_EQ(again.reading, run.reading);
  EXPECT_EQ(again.model.latent, 8u);
  EXPECT_EQ(again.only, run.only);
  EXPECT_EQ(again.heldout_share, 0.2);
}

DataPreview unread(const std::filesystem::path& path) {
  DataPreview preview;
  preview.config.data = path.string();
  preview.error.code = ErrorCode::unsupported;
  return preview;
}

TEST(ImportForm, APathThatNothingReadsIsNamedInASentence) {
  const TemporaryFolder folder("form");
  EXPECT_EQ(unread_path(unread(folder.path())), "import.unread.empty");
  const auto picture = std::filesystem::path(folder.path()) / "one.JPG", words = std::filesystem::path(folder.path()) / "README.md";
  std::ofstream(picture) << "-";
  EXPECT_EQ(unread_path(unread(folder.path())), "import.unread.folder");
  EXPECT_EQ(unread_path(unread(picture)), "import.unread.picture");
  EXPECT_EQ(unread_path(unread(words)), "import.unread.file");
  DataPreview read = unread(picture);
  read.source = "table";
  EXPECT_EQ(unread_path(read), "") << "its own error says what is wrong";
}

TEST(ImportForm, HeldOutRowsOfTheDataHaveTheirFileOrFolder) {
  const TemporaryFolder folder("form");
  for (const char* name : {"train.tsv", "dev.tsv"}) std::ofstream(std::filesystem::path(folder.path()) / name) << "-";
  auto data = std::make_shared<Dataset>();
  data->origin = folder.path();
  DataPreview preview;
  preview.source = "text";
  EXPECT_EQ(own_heldout(preview), "") << "not read yet";
  preview.data = data;
  EXPECT_EQ(own_heldout(preview), "dev.tsv");
  preview.source = "images";
  data->rows = 3;
  data->row_names = {"train/a.png", "val/a.png", "val/b.png"};
  data->split = {Split::train, Split::heldout, Split::heldout};
  EXPECT_EQ(own_heldout(preview), "val");
  data->split[2] = Split::train;
  EXPECT_EQ(own_heldout(preview), "") << "a class of that name, of which the seed took some";
}

}  // namespace
}  // namespace latentscape
