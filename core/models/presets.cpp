#include <vector>

#include "core/models/model.hpp"

namespace latentscape {

namespace {

ModelConfig config(size_t latent, NetworkSpec encoder, NetworkSpec decoder, LikelihoodKind likelihood) {
  ModelConfig c;
  c.latent = latent;
  c.encoder = std::move(encoder);
  c.decoder = std::move(decoder);
  c.likelihood = likelihood;
  return c;
}

}  // namespace

std::span<const ModelPreset> model_presets() {
  using enum LikelihoodKind;
  static const std::vector<ModelPreset> presets = {
      {"reference-20", config(20, {400}, {400}, bernoulli),
       "784-400-20: the shape of the original paper's figures and of most example code",
       "the loss must be summed over the pixels and averaged over the batch only; averaging over pixels too makes the KL weigh 784 times "
       "as much, and the latents collapse"},
      {"map-2", config(2, {500, 500}, {500, 500}, bernoulli), "500-500 with a 2-D latent space that can be drawn as it is",
       "two latents cannot reach the loss of twenty: a blurry sample is the price of a map, not a bug"},
      {"article-32", config(32, {128}, {128}, bernoulli), "784-128 with 32 latents: the short introduction",
       "the network's output is the log-variance: multiplying the noise by it, or by e^lv, instead of the standard deviation e^(lv/2) "
       "trains a different model that looks almost right"},
      {"article-deep-2", config(2, {128, 64, 32}, {256, 128, 64, 32}, bernoulli),
       "128-64-32 encoder, decoder 256-128-64-32 in the order of the layers from the latent outwards",
       "a decoder that narrows to 32 before the output can only draw mixtures of 32 pictures; such articles list the sizes of the encoder "
       "by habit: reversed, 32-64-128-256 reconstructs better. Many also feed x to the decoder, which then ignores z"},
      {"article-table-2", config(2, {64, 32}, {256, 256}, gaussian), "64-32 encoder and 256-256 decoder for points in the plane, Gaussian",
       "squared error is a Gaussian likelihood only with its 1/(2 sigma^2): dropping the factor hides a choice of sigma, and a sigmoid "
       "output cannot reach standardised data, which is negative half of the time"},
      {"article-256-2", config(2, {256}, {256}, bernoulli), "one hidden layer of 256 with a 2-D latent space",
       "the KL is -(1 + lv - mu^2 - e^lv) / 2 and is never negative; with the sign turned the loss falls without end. Binary "
       "cross-entropy on grey pixels has a floor above zero (45.5 nats on MNIST): say that the pixels were not binarised"},
  };
  return presets;
}

}  // namespace latentscape
