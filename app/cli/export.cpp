// `latentscape export`: a run's weights for other programs.
#include <fmt/format.h>

#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "core/io/export.hpp"

namespace latentscape {
namespace {

struct ExportOptions {
  std::string run, format, out;
};

Result<Report> export_run(const ExportOptions& options) {
  LS_USAGE(check_extension(options.out, fmt::format("the format {}", options.format), {options.format.c_str()}));
  LS_CHECK(check_output(options.out, {options.run}));
  LS_TRY(const LoadedRun run, open_run(options.run, {options.out}));
  LS_CHECK(options.format == "npz" ? export_npz(options.out, run) : export_safetensors(options.out, run));
  Report report;
  report.json = {{"out", options.out},
                 {"format", options.format},
                 {"parameters", run.model->parameter_count()},
                 {"tensors", run.model->blocks().size()}};
  report.text = fmt::format("{}: {} tensors, {} parameters\n", options.out, run.model->blocks().size(), run.model->parameter_count());
  return report;
}

}  // namespace

Action add_export(CLI::App& command) {
  auto o = std::make_shared<ExportOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("--format", o->format, "safetensors or npz; names and shapes as PyTorch has them")
      ->required()
      ->check(CLI::IsMember({"safetensors", "npz"}))
      ->type_name("FORMAT");
  command.add_option("--out", o->out, "the file to write")->required()->type_name("FILE");
  return [o](const CommandSettings&) { return export_run(*o); };
}

}  // namespace latentscape
