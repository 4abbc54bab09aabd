// ModelConfig: what a model is built from.
#pragma once

#include <string>
#include <vector>

#include "core/nn/activation.hpp"
#include "core/nn/network_spec.hpp"

namespace latentscape {

enum class LikelihoodKind { bernoulli, gaussian, categorical, multinomial };
enum class GaussianMean { linear, sigmoid };
/// Of the Gaussian likelihood: given; one learned for all numbers (Rybkin et al., "Simple and effective VAE training with calibrated
/// decoders", 2021); or the decoder's own for each number of each example.
enum class GaussianVariance { fixed, shared, pixel };

/// What training makes small; the true ELBO is reported beside it.
///   elbo: reconstruction + beta KL. Higgins et al., "beta-VAE", 2017.
///   tcvae: the KL's total correlation times beta, the rest as it is. Chen et al., "Isolating sources of disentanglement in variational
///     autoencoders", 2018.
///   iwae: the bound of several samples of z an example. Burda, Grosse & Salakhutdinov, "Importance weighted autoencoders", 2016.
///   autoencoder: the reconstruction alone, z without noise.
enum class Objective { elbo, tcvae, iwae, autoencoder };

/// Plain and comparable, stored in run.json.
struct ModelConfig {
  std::string name = "mlp";
  size_t latent = 2;
  NetworkSpec encoder = {400};  // hidden layers, input to latent
  NetworkSpec decoder = {400};  // hidden layers, latent to output
  NetworkSpec classifier = {};  // m2: hidden layers, input to classes; none: chosen when the data is known
  Activation activation = Activation::relu;
  LikelihoodKind likelihood = LikelihoodKind::bernoulli;
  GaussianMean gaussian_mean = GaussianMean::linear;
  GaussianVariance gaussian_variance = GaussianVariance::fixed;
  double gaussian_sigma = 1.0;     // fixed standard deviation of the Gaussian likelihood, or where a shared one starts, in data units
  std::vector<size_t> categories;  // categorical likelihood: an example is one-hot groups of these sizes; filled when the data is known
  Objective objective = Objective::elbo;
  size_t samples = 1;        // of z an example, in training; iwae: its k
  double free_bits = 0.0;    // nats a dimension that the KL costs nothing below (Kingma et al. 2016)
  bool conditional = false;  // encoder and decoder read the label
  double classify = 0.0;     // weight of -log q(y|x) of labelled examples; 0: no classifier (but see m2)
  size_t classes = 0;        // of the labels, where the model uses them; filled when the data is known
  bool operator==(const ModelConfig&) const = default;
};

}  // namespace latentscape
