#include "app/cli/bench_peer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>
#include <vector>

#include "core/nn/kernels.hpp"

namespace latentscape {
namespace {

constexpr size_t kMnistWidth = 28 * 28;  // whose convolutions the script knows

/// argv: conv or the sizes of the encoder's layers, those of the decoder's, batch, seconds, threads.
constexpr const char* kTorchStep =
    "import sys,time,json\n"
    "try:\n import torch\n from torch import nn\n from torch.nn import functional as F\n"
    "except ImportError: print('null'); sys.exit()\n"
    "e,d,batch,seconds,threads=sys.argv[1:]; batch=int(batch); seconds=float(seconds)\n"
    "torch.set_num_threads(int(threads)); torch.manual_seed(0)\n"
    "def dense(text):\n"
    " n=[int(s) for s in text.split(',')]; m=[]\n"
    " for a,b in zip(n,n[1:]): m+=[nn.Linear(a,b),nn.ReLU()]\n"
    " return nn.Sequential(*m[:-1])\n"
    "if e=='conv':\n"
    " z=int(d); C=nn.Conv2d; T=nn.ConvTranspose2d; L=nn.Linear; R=nn.ReLU\n"
    " enc=nn.Sequential(C(1,32,4,2,1),R(),C(32,64,4,2,1),R(),nn.Flatten(),L(3136,2*z))\n"
    " dec=nn.Sequential(L(z,3136),R(),nn.Unflatten(1,(64,7,7)),T(64,32,4,2,1),R(),T(32,1,4,2,1)); shape=(1,28,28)\n"
    "else: enc=dense(e); dec=dense(d); shape=(enc[0].in_features,)\n"
    "adam=torch.optim.Adam([*enc.parameters(),*dec.parameters()],1e-3); x=torch.rand(batch,*shape).round()\n"
    "def step():\n"
    " adam.zero_grad(set_to_none=True); m,v=enc(x).chunk(2,-1); z=m+torch.randn_like(m)*torch.exp(.5*v)\n"
    " kl=-.5*torch.sum(1+v-m*m-v.exp()); l=F.binary_cross_entropy_with_logits(dec(z),x,reduction='sum')+kl\n"
    " (l/batch).backward(); adam.step(); return float(l.detach())\n"
    "for i in range(5): step()\n"
    "best=1e9\n"
    "for r in range(5):\n"
    " t=time.perf_counter(); n=0\n"
    " while n==0 or time.perf_counter()-t<seconds/5: step(); n+=1\n"
    " best=min(best,(time.perf_counter()-t)/n)\n"
    "try: blas='OpenBLAS' if 'openblas' in open('/proc/self/maps').read() else 'MKL' if 'libmkl' in open('/proc/self/maps').read() else "
    "'other'\n"
    "except OSError: blas='unknown'\n"
    "print(json.dumps({'version':torch.__version__,'blas':blas,'ms_per_step':1e3*best}))\n";

bool dense_alone(const NetworkSpec& spec) {
  return std::all_of(spec.begin(), spec.end(), [](const LayerSpec& layer) { return layer == LayerSpec(layer.units); });
}

/// As the script takes them; empty: it has no such step.
std::string networks_of(const ModelConfig& m, size_t width) {
  const ModelConfig plain;
  if (m.conditional || m.classify > 0.0 || m.objective != plain.objective || m.samples > 1 || m.activation != plain.activation ||
      m.likelihood != plain.likelihood)
    return "";
  if (dense_alone(m.encoder) && dense_alone(m.decoder)) {
    std::string encoder = std::to_string(width), decoder = std::to_string(m.latent);
    for (const LayerSpec& layer : m.encoder) encoder += fmt::format(",{}", layer.units);
    for (const LayerSpec& layer : m.decoder) decoder += fmt::format(",{}", layer.units);
    return fmt::format("{},{} {},{}", encoder, 2 * m.latent, decoder, width);
  }
  using enum LayerSpec::Kind;
  const NetworkSpec usual = {{conv, 32, 4, 2}, {conv, 64, 4, 2}};
  return m.encoder == usual && m.decoder == mirrored(usual) && width == kMnistWidth ? fmt::format("conv {}", m.latent) : "";
}

}  // namespace

Json python_json(const std::string& script, const std::string& arguments, const std::string& environment) {
  for (const char* python : {"python3", "/usr/bin/python3"}) {
    const std::string command = fmt::format("env {} {} -c \"{}\" {} 2>/dev/null", environment, python, script, arguments);
    std::string printed;
    if (std::FILE* pipe = popen(command.c_str(), "r")) {
      char some[256];
      while (std::fgets(some, sizeof some, pipe)) printed += some;
      pclose(pipe);
    }
    if (Json answer = Json::parse(printed, nullptr, false); answer.is_object()) return answer;
  }
  return {};
}

Json bench_torch(const ModelConfig& model, size_t width, size_t batch, double seconds, size_t threads, const std::stop_token& stop) {
  const std::string networks = networks_of(model, width);
  if (networks.empty()) return {{"note", "dense networks, and the convolutions of 28 x 28, have a PyTorch step to compare with"}};
  // An OpenBLAS older than the processor takes its narrow kernels unless told which wide ones to take.
  std::vector<std::string> core_types = {""};
  if (kernels_of(InstructionSet::avx512)) core_types.emplace_back("SKYLAKEX");
  Json best;
  for (const std::string& core_type : core_types)
    for (const auto& [own, products] : std::set<std::pair<size_t, size_t>>{{1, 1}, {threads, 1}, {threads, threads}}) {
      if (stop.stop_requested()) break;
      // Wrong values of the first two, left from elsewhere, halve its speed.
      const std::string environment =
          fmt::format("-u OPENBLAS_CORETYPE -u ATEN_CPU_CAPABILITY OMP_NUM_THREADS={} OPENBLAS_NUM_THREADS={}{}{}", own, products,
                      core_type.empty() ? "" : " OPENBLAS_CORETYPE=", core_type);
      Json one = python_json(kTorchStep, fmt::format("{} {} {} {}", networks, batch, seconds, own), environment);
      if (!one.is_object() && best.is_null()) return {{"note", "python3 has no PyTorch"}};
      if (!one.is_object()) continue;
      one["threads"] = {own, products};
      one["openblas_coretype"] = core_type;
      if (best.is_null() || one["ms_per_step"] < best["ms_per_step"]) best = std::move(one);
    }
  if (best.is_null()) return {{"note", "interrupted"}};
  best["samples_per_s"] = 1e3 * static_cast<double>(batch) / best["ms_per_step"].get<double>();
  if (best.value("blas", "") == "other")
    best["note"] = "its products go without OpenBLAS (libopenblas0-pthread), at a fraction of their speed";
  return best;
}

}  // namespace latentscape
