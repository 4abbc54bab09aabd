// `latentscape interpolate`: decode the way from one example's mean to another's.
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "core/explore/interpolate.hpp"

namespace latentscape {
namespace {

struct InterpolateOptions {
  PictureOptions picture;
  std::string path = "lerp";
  uint32_t from = 0, to = 0;
  size_t steps = 9;
};

Result<Report> run_interpolate(const InterpolateOptions& o) {
  return write_picture(o.picture, {}, [&](const PictureWork& work) -> Result<Picture> {
    LS_TRY(const auto data, load_run_data(work.run, o.picture.run, o.picture.data, work.stop));
    for (const auto& [name, row] : {std::pair<const char*, uint32_t>("--from", o.from), {"--to", o.to}})
      if (row >= data->rows)
        return fail(ErrorCode::invalid_argument, "{} {}: expected a row from 0 to {} of {}", name, row, data->rows - 1, data->name);
    const std::vector<uint32_t> ends = {o.from, o.to};
    LS_TRY(const FloatArray means, means_of(work.run, *data, ends, nullptr, work.pool, work.stop));
    Picture picture;
    LS_TRY(picture.z, interpolate(means.row(0), means.row(1), o.steps, o.path == "slerp" ? PathKind::slerp : PathKind::lerp));
    picture.columns = o.steps;
    picture.more = {{"from", o.from}, {"to", o.to}, {"path", o.path}};
    return picture;
  });
}

}  // namespace

Action add_interpolate(CLI::App& command) {
  auto o = std::make_shared<InterpolateOptions>();
  add_picture_options(command, o->picture, "where the run's data is now");
  command.add_option("--from", o->from, "a row of the data, from 0")->required()->check(whole_number(0, UINT32_MAX))->type_name("INDEX");
  command.add_option("--to", o->to, "a row of the data, from 0")->required()->check(whole_number(0, UINT32_MAX))->type_name("INDEX");
  command.add_option("--steps", o->steps, "examples, both ends included")->check(whole_number(2, 1000))->capture_default_str();
  command.add_option("--path", o->path, "lerp (a line) or slerp (along the great circle)")
      ->check(CLI::IsMember({"lerp", "slerp"}))
      ->capture_default_str();
  return [o](const CommandSettings&) { return run_interpolate(*o); };
}

}  // namespace latentscape
