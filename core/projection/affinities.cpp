#include "core/projection/affinities.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/neighbours/lanes.hpp"

namespace latentscape {
namespace {

constexpr size_t kTile = 256;  // rows a task
constexpr int kRounds = 60;
constexpr float kEntropyTolerance = 1e-5f;

/// Sums over the neighbours of a row at one bandwidth: of p, s p and s^2 p.
struct Moments {
  float weight = 0.0f, first = 0.0f, second = 0.0f;
};

/// One row's neighbours. Only differences to the nearest count, in units of their mean, so that far-away rows do not underflow.
class RowCalibration {
 public:
  /// squared_distances become conditional probabilities.
  void run(std::span<float> row, float log_perplexity) {
    load(row);
    float precision = 1.0f, low = 0.0f, high = std::numeric_limits<float>::infinity();
    Moments m = at(precision);
    for (int round = 0; round < kRounds; ++round) {
      const float mean = m.first / m.weight, entropy = std::log(m.weight) + precision * mean, excess = entropy - log_perplexity;
      if (std::abs(excess) < kEntropyTolerance) break;
      (excess > 0.0f ? low : high) = precision;
      // Newton's step in the logarithm of the precision, where it stays between the bounds.
      const float slope = precision * precision * std::max(m.second / m.weight - mean * mean, 0.0f);
      const float step = precision * std::exp(std::clamp(excess / std::max(slope, 1e-12f), -2.0f, 2.0f));
      const bool inside = step > low && step < high;
      precision = inside ? step : std::isinf(high) ? 2.0f * precision : 0.5f * (low + high);
      m = at(precision);
    }
    const float share = 1.0f / m.weight;
    for (size_t i = 0; i < row.size(); ++i) row[i] = share * p_[i];
  }

 private:
  void load(std::span<const float> row) {
    const size_t k = row.size(), padded = padded_to_lanes(k);
    s_.assign(padded, 0.0f);
    valid_.assign(padded, 0.0f);
    p_.resize(padded);
    double spread = 0.0;
    for (const float v : row) spread += static_cast<double>(v) - static_cast<double>(row[0]);
    const float scale = static_cast<float>(spread > 0.0 ? static_cast<double>(k) / spread : 0.0);
    for (size_t i = 0; i < k; ++i) {
      s_[i] = (row[i] - row[0]) * scale;
      valid_[i] = 1.0f;
    }
  }

  Moments at(float precision) {
    Lanes weight{}, first{}, second{};
    for (size_t i = 0; i < s_.size(); i += kLanes) {
      const Lanes s = load_lanes(s_.data() + i), p = exp_of_negative(s * -precision) * load_lanes(valid_.data() + i), sp = s * p;
      store_lanes(p_.data() + i, p);
      weight += p;
      first += sp;
      second += s * sp;
    }
    return {add_lanes(weight), add_lanes(first), add_lanes(second)};
  }

  std::vector<float> s_, valid_, p_;
};

/// Own neighbours by ascending id, so that they merge with those who chose this row.
void sort_by_id(std::span<uint32_t> ids, std::span<float> p, std::vector<std::pair<uint32_t, float>>& room) {
  room.clear();
  for (size_t a = 0; a < ids.size(); ++a) room.emplace_back(ids[a], p[a]);
  std::sort(room.begin(), room.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t a = 0; a < ids.size(); ++a) {
    ids[a] = room[a].first;
    p[a] = room[a].second;
  }
}

/// Row: `own` entries, then those who chose it, both by ascending id. Merged in place, doubles added; returns how many remain.
size_t merge_row(uint32_t* columns, float* values, size_t own, size_t all, std::vector<uint32_t>& ids, std::vector<float>& p) {
  ids.assign(columns, columns + all);
  p.assign(values, values + all);
  size_t a = 0, b = own, count = 0;
  while (a < own || b < all) {
    const bool left = b == all || (a < own && ids[a] <= ids[b]), both = left && b < all && ids[a] == ids[b];
    columns[count] = left ? ids[a] : ids[b];
    values[count] = both ? p[a] + p[b] : left ? p[a] : p[b];
    ++count;
    if (left) ++a;
    if (!left || both) ++b;
  }
  return count;
}

/// (P + P^T) / 2n of the k conditional probabilities a row, which come by ascending id.
Affinities symmetrise(const Array2<uint32_t>& ids, const FloatArray& p, ComputePool& pool) {
  const size_t n = ids.rows, k = ids.cols;
  Affinities out;
  out.n = n;
  out.start.assign(n + 1, 0);
  for (const uint32_t j : ids.values) ++out.start[j + 1];
  for (size_t i = 0; i < n; ++i) out.start[i + 1] += out.start[i] + k;
  out.columns.resize(out.start[n]);
  out.values.resize(out.start[n]);
  const float scale = static_cast<float>(0.5 / static_cast<double>(n));
  std::vector<size_t> next(n);
  for (size_t i = 0; i < n; ++i) next[i] = out.start[i] + k;
  for (size_t i = 0; i < n; ++i)
    for (size_t a = 0; a < k; ++a) {
      const uint32_t j = ids(i, a);
      const float value = scale * p(i, a);
      out.columns[out.start[i] + a] = j;
      out.values[out.start[i] + a] = value;
      out.columns[next[j]] = static_cast<uint32_t>(i);
      out.values[next[j]++] = value;
    }
  std::vector<size_t> counts(n);
  for_tiles(pool, n, kTile, [&](size_t begin, size_t end) {
    std::vector<uint32_t> some_ids;
    std::vector<float> some_p;
    for (size_t i = begin; i < end; ++i)
      counts[i] = merge_row(out.columns.data() + out.start[i], out.values.data() + out.start[i], k, out.start[i + 1] - out.start[i],
                            some_ids, some_p);
  });
  size_t at = 0;
  for (size_t i = 0; i < n; ++i) {
    const size_t from = out.start[i];
    std::copy_n(out.columns.begin() + static_cast<std::ptrdiff_t>(from), counts[i], out.columns.begin() + static_cast<std::ptrdiff_t>(at));
    std::copy_n(out.values.begin() + static_cast<std::ptrdiff_t>(from), counts[i], out.values.begin() + static_cast<std::ptrdiff_t>(at));
    out.start[i] = at;
    at += counts[i];
  }
  out.start[n] = at;
  out.columns.resize(at);
  out.values.resize(at);
  return out;
}

}  // namespace

Result<size_t> tsne_neighbours(size_t n, double perplexity) {
  if (!(perplexity >= 1.0) || !(3.0 * perplexity <= static_cast<double>(n) - 1.0))
    return fail(ErrorCode::invalid_argument, "tsne: perplexity is {}, expected 1 to {:.4g}, a third of the {} other points", perplexity,
                (static_cast<double>(n) - 1.0) / 3.0, n - 1);
  return static_cast<size_t>(3.0 * perplexity);
}

Result<Affinities> tsne_affinities(NeighbourGraph graph, double perplexity, ComputePool& pool, std::stop_token stop) {
  const float target = static_cast<float>(std::log(perplexity));
  for_tiles(pool, graph.ids.rows, kTile, [&](size_t begin, size_t end) {
    RowCalibration calibration;
    std::vector<std::pair<uint32_t, float>> room;
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      calibration.run(graph.squared_distances.row(i), target);
      sort_by_id(graph.ids.row(i), graph.squared_distances.row(i), room);
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "tsne: stopped");
  return symmetrise(graph.ids, graph.squared_distances, pool);
}

Affinities renumbered(const Affinities& p, std::span<const uint32_t> order, ComputePool& pool) {
  std::vector<uint32_t> place(p.n);
  for (size_t r = 0; r < p.n; ++r) place[order[r]] = static_cast<uint32_t>(r);
  Affinities out;
  out.n = p.n;
  out.start.assign(p.n + 1, 0);
  for (size_t r = 0; r < p.n; ++r) out.start[r + 1] = out.start[r] + p.start[order[r] + 1] - p.start[order[r]];
  out.columns.resize(p.columns.size());
  out.values.resize(p.values.size());
  for_tiles(pool, p.n, kTile, [&](size_t begin, size_t end) {
    for (size_t r = begin; r < end; ++r) {
      size_t to = out.start[r];
      for (size_t e = p.start[order[r]]; e < p.start[order[r] + 1]; ++e, ++to) {
        out.columns[to] = place[p.columns[e]];
        out.values[to] = p.values[e];
      }
    }
  });
  return out;
}

void calibrate_row(std::span<float> row, double perplexity) {
  const double reached = std::clamp(perplexity, 1.0, std::max(1.0, static_cast<double>(row.size()) / 3.0));
  RowCalibration().run(row, static_cast<float>(std::log(reached)));
}

NeighbourGraph strongest_partners(const Affinities& p, size_t k, ComputePool& pool) {
  NeighbourGraph graph;
  graph.ids.resize(p.n, k);
  for_tiles(pool, p.n, kTile, [&](size_t begin, size_t end) {
    std::vector<size_t> entries;
    for (size_t i = begin; i < end; ++i) {
      entries.resize(p.start[i + 1] - p.start[i]);
      std::iota(entries.begin(), entries.end(), p.start[i]);
      std::nth_element(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(k - 1), entries.end(), [&](size_t a, size_t b) {
        return p.values[a] > p.values[b] || (p.values[a] == p.values[b] && p.columns[a] < p.columns[b]);
      });
      for (size_t a = 0; a < k; ++a) graph.ids(i, a) = p.columns[entries[a]];
    }
  });
  return graph;
}

}  // namespace latentscape
