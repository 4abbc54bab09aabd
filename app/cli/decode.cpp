// `latentscape decode`: latent positions to examples.
#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/numbers.hpp"

namespace latentscape {
namespace {

struct DecodeOptions {
  PictureOptions picture;
  std::string latents;
  size_t columns = 0;
};

Result<Report> decode(const DecodeOptions& o) {
  return write_picture(o.picture, {o.latents}, [&](const PictureWork& work) -> Result<Picture> {
    Picture picture;
    LS_TRY(picture.z, read_latents(o.latents));
    if (picture.z.cols != work.run.model->latent())
      return fail(ErrorCode::invalid_argument, "{}: has {} numbers a row, expected {}, the latent dimensions of {}", o.latents,
                  picture.z.cols, work.run.model->latent(), o.picture.run);
    picture.columns = o.columns ? o.columns : square_columns(picture.z.rows);
    return picture;
  });
}

}  // namespace

Action add_decode(CLI::App& command) {
  auto o = std::make_shared<DecodeOptions>();
  add_picture_options(command, o->picture, nullptr);
  command.add_option("--z", o->latents, "n x latent")->required()->type_name("FILE.npy");
  command.add_option("--columns", o->columns, "of the grid (default: square)")->check(whole_number(1, 10'000));
  return [o](const CommandSettings&) { return decode(*o); };
}

}  // namespace latentscape
