// `latentscape sample`: decode draws from the prior.
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/numbers.hpp"
#include "core/explore/prior.hpp"

namespace latentscape {
namespace {

struct SampleOptions {
  PictureOptions picture;
  size_t n = 64;
  double temperature = 1.0;
  uint64_t seed = 1;
};

Result<Report> sample(const SampleOptions& o) {
  return write_picture(o.picture, {}, [&](const PictureWork& work) -> Result<Picture> {
    Picture picture{prior_draws(o.n, work.run.model->latent(), o.seed, o.temperature),
                    square_columns(o.n),
                    {{"temperature", o.temperature}, {"seed", o.seed}},
                    work.run.model->has_prior() ? "samples from the prior" : "decoded draws of N(0, 1), as an autoencoder has no prior"};
    picture.labels = classes_in_turn(o.n, *work.run.model);
    return picture;
  });
}

}  // namespace

Action add_sample(CLI::App& command) {
  auto o = std::make_shared<SampleOptions>();
  o->picture.sets = true;
  add_picture_options(command, o->picture, nullptr);
  command.add_option("-n", o->n, "how many")->check(whole_number(1, 100'000))->capture_default_str();
  command.add_option("--temperature", o->temperature, "standard deviation of the draws")
      ->check(finite_number(0.0, 100.0))
      ->capture_default_str();
  command.add_option("--seed", o->seed, "the same seed gives the same draws")->check(whole_number(0, UINT64_MAX))->capture_default_str();
  return [o](const CommandSettings&) { return sample(*o); };
}

}  // namespace latentscape
