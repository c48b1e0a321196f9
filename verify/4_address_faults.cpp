#include <cmath>

#include "faulty_weights.hpp"
#include "sqrtn/laws/matrix.hpp"

/// Weights that do not depend on their seed or stream as they should, and structured ones that are not what they say.
namespace sqrtn::verify {
namespace {

using init::Structure;

struct AddressFault {
  const char* name;
  void (*readdress)(random::Stream&);
};

const AddressFault address_faults[] = {
    {"absolute value of the seed", [](random::Stream& s) { s.seed = std::min(s.seed, -s.seed); }},
    {"seed through double",
     [](random::Stream& s) {
       s.seed = s.seed >> 54 ? s.seed : static_cast<std::uint64_t>(static_cast<double>(s.seed));
     }},
    {"seed 0 taken for 1", [](random::Stream& s) { s.seed = std::max<std::uint64_t>(s.seed, 1); }},
    {"seed folded at 2^16", [](random::Stream& s) { s.seed = (s.seed & 0xffff) ^ (s.seed >> 16); }},
    {"seed cut at 2^16", [](random::Stream& s) { s.seed &= 0xffff; }},
    {"seed and stream added",
     [](random::Stream& s) {
       s = {s.engine, s.seed + s.stream, 0, s.offset};
     }},
    {"lowest bit of the stream ignored", [](random::Stream& s) { s.stream &= ~std::uint64_t{1}; }},
    {"seed ignored", [](random::Stream& s) { s.seed = 0; }},
    {"stream ignored", [](random::Stream& s) { s.stream = 0; }},
};

TEST(AddressFault, OfWeights) {
  for (const auto& [name, readdress] : address_faults) {
    const auto faulty = with_addresses([readdress = readdress](WeightCall& call) { readdress(call.stream); });
    EXPECT_TRUE(caught("initialisers/he_normal/f32/addresses", faulty)) << name;
  }
}

TEST(AddressFault, OfWholeMatrices) {
  for (const auto& [name, readdress] : address_faults) {
    const auto faulty = with_structured_fault([readdress = readdress](auto call) {
      readdress(call.stream);
      call.draw();
    });
    EXPECT_TRUE(caught("initialisers/orthogonal/f32/addresses", faulty)) << name;
  }
}

/// Every rule, and one kind of weight alone.
TEST(AddressFault, SeedIgnoredByOneRuleOrKind) {
  const auto ignored = with_addresses([](WeightCall& call) { call.stream.seed = 7; });
  const auto by_kernels = with_addresses([](WeightCall& call) {
    if (call.is_kernel()) call.stream.seed = 7;
  });
  for (const init::Rule& rule : init::rules()) {
    EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/addresses", rule.name), ignored));
    EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/addresses", rule.name), by_kernels));
  }
  const claims::Result result = claims::run(claim_of("initialisers/normal/f32/addresses"), ignored, settings());
  EXPECT_NE(result.outcome.reason.find("seed"), std::string::npos) << "says which: " << result.outcome.reason;
}

TEST(AddressFault, SignTurnedAtTheSeedAfterTheNext) {
  const auto faulty = with_weights([]<class T>(WeightCall call, std::span<T> out) {
    const bool turned = call.stream.seed == settings().seed + 2;
    if (turned) call.stream.seed -= 2;
    call.draw(out);
    for (T& w : out) w = turned ? -w : w;
  });
  EXPECT_TRUE(caught("initialisers/he_uniform/f32/addresses", faulty));
}

/// Draws of a seed and of that 2⁴⁰ further on share what their correlation says.
TEST(AddressFault, CorrelatedByTheEffect) {
  const auto plant = [](double correlation) {
    return with_spoilt_weights([=]<class T>(const WeightCall& call, std::span<T> out) {
      if (call.stream.seed != settings().seed + (std::uint64_t{1} << 40)) return;
      WeightCall other = call;
      other.stream.seed = settings().seed;
      std::vector<T> shared(out.size());
      other.draw(std::span<T>(shared));
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<T>(correlation * static_cast<double>(shared[i]) +
                                std::sqrt(1 - correlation * correlation) * static_cast<double>(out[i]));
      }
    });
  };
  for (const char* rule : {"normal", "uniform", "truncated_normal"}) {
    EXPECT_TRUE(caught(fmt::format("initialisers/{}/f32/addresses", rule), plant));
  }
}

/// As many rows as the correlation says are those of the run's own seed.
TEST(AddressFault, MatricesThatShareRowsByTheEffect) {
  const auto plant = [](double correlation) {
    return with_structured_fault([=]<class T>(StructuredCall<T> call) {
      call.draw();
      if (call.stream.seed != settings().seed + (std::uint64_t{1} << 40)) return;
      auto other = call;
      std::vector<T> shared(call.out.size());
      other.out = shared;
      other.stream.seed = settings().seed;
      other.draw();
      const auto n = static_cast<std::size_t>(std::ceil(correlation * static_cast<double>(call.rows()))) * call.cols();
      std::copy_n(shared.begin(), n, call.out.begin());
    });
  };
  EXPECT_TRUE(caught("initialisers/orthogonal/f32/addresses", plant));
  EXPECT_TRUE(caught("initialisers/orthogonal/f32/kernel_addresses", plant));
  EXPECT_TRUE(caught("initialisers/delta_orthogonal/f64/addresses", plant));
}

TEST(AddressFault, IdentityForDeltaOrthogonal) {
  const auto faulty = with_structured_fault([]<class T>(const StructuredCall<T>& call) {
    if (call.rule.structure != Structure::delta_orthogonal) return call.draw();
    init::initialise_structured<T>(*init::find_structured("dirac"), call.shape, 1, call.gain, {}, call.out);
  });
  for (const char* dtype : {"f32", "f64"}) {
    EXPECT_TRUE(caught(fmt::format("initialisers/delta_orthogonal/{}/addresses", dtype), faulty));
    EXPECT_TRUE(caught(fmt::format("initialisers/delta_orthogonal/{}/centre", dtype), faulty));
  }
}

TEST(LargeHaarFault, SignsNotCorrectedForMoreThanTwelveColumns) {
  const auto faulty = with_structured_fault([]<class T>(const StructuredCall<T>& call) {
    if (call.rule.structure == Structure::orthogonal) {
      return std::min(call.rows(), call.cols()) > 12 ? without_sign_correction(call) : call.draw();
    }
    if (call.rule.structure != Structure::delta_orthogonal) return call.draw();
    const std::size_t taps = call.shape[2] * call.shape[3];
    std::vector<T> centre(call.out.size() / taps);
    without_sign_correction(
        StructuredCall<T>{call.rule, {call.shape[0], call.shape[1]}, 1, call.gain, call.stream, centre});
    std::fill(call.out.begin(), call.out.end(), T(0));
    for (std::size_t i = 0; i < centre.size(); ++i) call.out[i * taps + taps / 2] = centre[i];
  });
  EXPECT_TRUE(caught("initialisers/orthogonal/f32/large", faulty));
  EXPECT_TRUE(caught("initialisers/orthogonal/f64/kernel", faulty));
  EXPECT_TRUE(caught("initialisers/delta_orthogonal/f64/centre", faulty));
  EXPECT_EQ(claims::run(claim_of("initialisers/orthogonal/f64/trace_mean"), faulty, settings()).outcome.verdict,
            claims::Verdict::pass)
      << "matrices of 8 x 8 do not show it";
}

/// Columns are turned so that entries of the diagonal are positive, as many as move the trace by the effect: each has
/// the mean √(2/π) deviations then. Of the last of them, only the part of the matrices that is left over.
template <class T>
void turn_columns(const StructuredCall<T>& call, double shift) {
  const bool centre = call.rule.structure == Structure::delta_orthogonal;
  const std::size_t n = call.rows(), step = centre ? call.shape[2] * call.shape[3] : 1, first = step / 2;
  const auto entry = [&](std::size_t i, std::size_t j) -> T& { return call.out[first + (i * n + j) * step]; };
  const double columns = shift * std::sqrt(std::acos(-1.0) / 2 * static_cast<double>(n));
  for (std::size_t j = 0; static_cast<double>(j) < columns; ++j) {
    const double part = laws::haar_entry_cdf(n, static_cast<double>(entry(n - 1, j)));
    if (entry(j, j) > 0 || part > columns - static_cast<double>(j)) continue;
    for (std::size_t i = 0; i < n; ++i) entry(i, j) = -entry(i, j);
  }
}

TEST(LargeHaarFault, TraceShiftedByTheEffect) {
  const auto plant = [](double effect) {
    return with_structured_fault([=]<class T>(const StructuredCall<T>& call) {
      call.draw();
      const bool square =
          call.rows() * call.rows() == call.out.size() || call.rule.structure == Structure::delta_orthogonal;
      if (square && call.rule.is_random && call.rows() > 8) turn_columns(call, effect);
    });
  };
  for (const char* claim :
       {"orthogonal/f32/large", "orthogonal/f64/largest", "orthogonal/f32/kernel", "delta_orthogonal/f64/centre"}) {
    EXPECT_TRUE(caught(fmt::format("initialisers/{}", claim), plant));
  }
}

TEST(LargeHaarFault, LastColumnIsAUnitVector) {
  const auto faulty = with_structured_fault([]<class T>(const StructuredCall<T>& call) {
    call.draw();
    const std::size_t n = call.rows();
    if (n * n != call.out.size()) return;
    for (std::size_t i = 0; i < n; ++i) call.out[i * n + n - 1] = T(i + 1 == n);
  });
  EXPECT_TRUE(caught("initialisers/orthogonal/f64/large", faulty));
}

}  // namespace
}  // namespace sqrtn::verify
