// `latentscape manifold`: a grid of decodes at the quantiles of the prior, over two latent dimensions.
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/numbers.hpp"
#include "core/explore/manifold.hpp"

namespace latentscape {
namespace {

struct ManifoldOptions {
  PictureOptions picture;
  size_t size = 20;
  std::vector<size_t> axes = {1, 2};
};

Result<Report> manifold(const ManifoldOptions& o) {
  return write_picture(o.picture, {}, [&](const PictureWork& work) -> Result<Picture> {
    LS_CHECK(check_axes(o.axes, work.run.model->latent()));
    const std::vector<float> origin(work.run.model->latent(), 0.0f);
    return Picture{manifold_by_quantiles(origin, o.axes[0] - 1, o.axes[1] - 1, o.size), o.size, {{"size", o.size}, {"axes", o.axes}}, ""};
  });
}

}  // namespace

Action add_manifold(CLI::App& command) {
  auto o = std::make_shared<ManifoldOptions>();
  add_picture_options(command, o->picture, nullptr);
  command.add_option("--size", o->size, "decodes a side")->check(whole_number(1, 200))->capture_default_str();
  command.add_option("--axes", o->axes, "the two dimensions, from 1; the others stay at 0")
      ->expected(2)
      ->delimiter(',')
      ->check(whole_number(1, 1'000'000))
      ->type_name("I,J");
  return [o](const CommandSettings&) { return manifold(*o); };
}

}  // namespace latentscape
