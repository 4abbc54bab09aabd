// `latentscape traverse`: one row a latent dimension, sorted by KL.
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/numbers.hpp"
#include "core/explore/traverse.hpp"

namespace latentscape {
namespace {

struct TraverseOptions {
  PictureOptions picture;
  size_t steps = 11;
  size_t dimensions = 0;
  double range = 3.0;
};

Result<Report> run_traverse(const TraverseOptions& o) {
  return write_picture(o.picture, {}, [&](const PictureWork& work) -> Result<Picture> {
    LS_TRY(const std::vector<double> kl, kl_of_run(work.run, o.picture.run, o.picture.data, work.pool, work.stop));
    std::vector<size_t> order = dimensions_by_kl(kl);
    if (o.dimensions && o.dimensions < order.size()) order.resize(o.dimensions);
    const std::vector<float> origin(work.run.model->latent(), 0.0f);
    Picture picture;
    picture.z = traverse(origin, order, o.steps, -o.range, o.range);
    picture.columns = o.steps;
    picture.more = {{"dimensions", Json::array()}, {"kl", Json::array()}};
    for (const size_t j : order) {
      picture.more["dimensions"].push_back(j + 1);
      picture.more["kl"].push_back(kl[j]);
    }
    return picture;
  });
}

}  // namespace

Action add_traverse(CLI::App& command) {
  auto o = std::make_shared<TraverseOptions>();
  add_picture_options(command, o->picture, "where the run's data is now");
  command.add_option("--steps", o->steps, "decodes a dimension")->check(whole_number(2, 1000))->capture_default_str();
  command.add_option("--range", o->range, "from minus to plus this value, the other dimensions at 0")
      ->check(finite_number(0.01, 100.0))
      ->capture_default_str();
  command.add_option("--dimensions", o->dimensions, "only so many, those of the largest KL (default: all)")
      ->check(whole_number(1, 1'000'000));
  return [o](const CommandSettings&) { return run_traverse(*o); };
}

}  // namespace latentscape
