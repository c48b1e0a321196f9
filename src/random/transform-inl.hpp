// From vectors of words to vectors of draws, operation for operation as in scalar.cpp; included once
// per SIMD target.
#if defined(SQRTN_RANDOM_TRANSFORM_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef SQRTN_RANDOM_TRANSFORM_INL
#undef SQRTN_RANDOM_TRANSFORM_INL
#else
#define SQRTN_RANDOM_TRANSFORM_INL
#endif

#include "random/engine-inl.hpp"
#include "random/transform.hpp"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace sqrtn::random::HWY_NAMESPACE {

/// Tags and constants of one element type.
template <class T>
struct Tags {
  using C = transform::Constants<T>;
  using Bits = typename C::Bits;
  using D = hn::Repartition<T, DU64>;
  using DBits = hn::Repartition<Bits, DU64>;
  using DSigned = hn::Repartition<typename C::SignedBits, DU64>;
  using V = hn::Vec<D>;
  using VBits = hn::Vec<DBits>;
};

template <class T, std::size_t N>
HWY_INLINE typename Tags<T>::V polynomial(const T (&coefficients)[N], typename Tags<T>::V x) {
  const typename Tags<T>::D d;
  auto sum = hn::Set(d, coefficients[N - 1]);
  for (std::size_t i = N - 1; i-- > 0;) sum = hn::MulAdd(sum, x, hn::Set(d, coefficients[i]));
  return sum;
}

/// Signed words to T, rounded once.
template <class T>
HWY_INLINE typename Tags<T>::V to_real(typename Tags<T>::VBits word) {
  return hn::ConvertTo(typename Tags<T>::D(), hn::BitCast(typename Tags<T>::DSigned(), word));
}

/// The exponent e, a multiple of one in the exponent's place, as the term −2·ln 2^e.
HWY_INLINE Tags<float>::V exponent_term(Tags<float>::VBits e) {
  using C = transform::Constants<float>;
  return hn::Mul(to_real<float>(e), hn::Set(Tags<float>::D(), C::two_ln2 * -0x1p-23f));
}
HWY_INLINE Tags<double>::V exponent_term(Tags<double>::VBits e) {
  using C = transform::Constants<double>;
  // −e is small and never negative: the mantissa of 2⁵² + (−e).
  const Tags<double>::D d;
  const auto k = hn::ShiftRight<52>(hn::Sub(hn::Zero(Tags<double>::DBits()), e));
  const auto real = hn::BitCast(d, hn::Or(k, hn::Set(Tags<double>::DBits(), 0x4330000000000000u)));
  return hn::Mul(hn::Sub(real, hn::Set(d, 0x1p52)), hn::Set(d, C::two_ln2));
}

/// −2·ln u for 0 < u ≤ 1; `below_one` = u − 1.
template <class T>
HWY_INLINE typename Tags<T>::V minus_two_log(typename Tags<T>::V u, typename Tags<T>::V below_one) {
  using C = transform::Constants<T>;
  using Bits = typename C::Bits;
  const typename Tags<T>::D d;
  const typename Tags<T>::DBits db;
  const auto bits = hn::BitCast(db, u);
  const auto e = hn::And(hn::Sub(bits, hn::Set(db, C::sqrt_half_bits)),
                         hn::Set(db, static_cast<Bits>(~((Bits{1} << C::mantissa_bits) - 1))));
  const auto reduced = hn::Sub(hn::BitCast(d, hn::Sub(bits, e)), hn::Set(d, T(1)));
  const auto f = hn::IfThenElse(hn::RebindMask(d, hn::Eq(e, hn::Zero(db))), below_one, reduced);
  if constexpr (sizeof(T) == 4) {
    return hn::MulAdd(f, polynomial(C::log, f), exponent_term(e));
  } else {
    const auto s = hn::Div(f, hn::Add(hn::Set(d, T(2)), f));
    return hn::MulAdd(s, polynomial(C::log, hn::Mul(s, s)), exponent_term(e));
  }
}

/// √(−2·ln u) of a word.
template <class T>
HWY_INLINE typename Tags<T>::V radius_of(typename Tags<T>::VBits word) {
  const typename Tags<T>::D d;
  const auto fraction =
      hn::Mul(hn::Add(to_real<T>(word), hn::Set(d, T(0.5))), hn::Set(d, transform::Constants<T>::unit));
  const auto u = hn::IfThenElse(hn::Lt(fraction, hn::Zero(d)), hn::Add(fraction, hn::Set(d, T(1))), fraction);
  return hn::Sqrt(minus_two_log<T>(u, fraction));
}

HWY_INLINE Tags<float>::V eighth_turn(Tags<float>::VBits word) {
  const Tags<float>::DBits db;
  const auto turned = hn::Or(hn::ShiftLeft<2>(word), hn::Set(db, 2u));
  // Times 2⁻³², by the exponent: the number is never 0.
  return hn::BitCast(Tags<float>::D(), hn::Sub(hn::BitCast(db, to_real<float>(turned)), hn::Set(db, 32u << 23)));
}
HWY_INLINE Tags<double>::V eighth_turn(Tags<double>::VBits word) {
  const Tags<double>::D d;
  const Tags<double>::DBits db;
  const auto mantissa = hn::And(hn::ShiftRight<10>(word), hn::Set(db, (1ull << 52) - 1));
  return hn::Sub(hn::BitCast(d, hn::Or(mantissa, hn::Set(db, 0x3ff0000000000001u))), hn::Set(d, 1.5));
}

/// The two coordinates of a point on the circle.
template <class T>
HWY_INLINE void circle(typename Tags<T>::VBits word, typename Tags<T>::V& first, typename Tags<T>::V& second) {
  using C = transform::Constants<T>;
  using Bits = typename C::Bits;
  const typename Tags<T>::D d;
  const typename Tags<T>::DBits db;
  constexpr Bits swap = Bits{1} << (C::word_bits - 2);
  const auto t = eighth_turn(word);
  const auto z = hn::Mul(t, t);
  const auto sine = hn::Mul(t, polynomial(C::sin, z));
  const auto positive = hn::MulAdd(z, polynomial(C::cos, z), hn::Set(d, T(1)));
  const auto cosine = hn::Xor(positive, hn::BitCast(d, hn::And(word, hn::Set(db, swap << 1))));
  const auto swapped = hn::RebindMask(d, hn::TestBit(word, hn::Set(db, swap)));
  first = hn::IfThenElse(swapped, sine, cosine);
  second = hn::IfThenElse(swapped, cosine, sine);
}

/// 2k + 1 − 2^p as T, k the top p bits of the word: odd, symmetric about 0, exact.
template <class T>
HWY_INLINE typename Tags<T>::V centred(typename Tags<T>::VBits word) {
  using Bits = typename Tags<T>::Bits;
  const typename Tags<T>::DBits db;
  constexpr int word_bits = transform::Constants<T>::word_bits,
                dropped = word_bits - 1 - std::numeric_limits<T>::digits;
  // The top bit turned makes a signed number of it; the bit below the top p is the one of 2k + 1.
  const auto turned = hn::Xor(word, hn::Set(db, Bits{1} << (word_bits - 1)));
  const auto odd = hn::Or(turned, hn::Set(db, Bits{1} << dropped));
  return hn::ConvertTo(typename Tags<T>::D(), hn::ShiftRight<dropped>(hn::BitCast(typename Tags<T>::DSigned(), odd)));
}

/// x·y − product, exact, product being x·y rounded.
/// Source: Dekker, Numer. Math. 18 (1971) 224, for targets without fused multiply-add.
template <class T>
HWY_INLINE typename Tags<T>::V product_error(typename Tags<T>::V x, typename Tags<T>::V y,
                                             typename Tags<T>::V product) {
#if HWY_NATIVE_FMA
  return hn::MulSub(x, y, product);
#else
  const auto splitter = hn::Set(typename Tags<T>::D(), T(sizeof(T) == 4 ? 0x1p12 + 1 : 0x1p27 + 1));
  const auto x_scaled = hn::Mul(x, splitter), y_scaled = hn::Mul(y, splitter);
  const auto x_high = hn::Sub(x_scaled, hn::Sub(x_scaled, x)), y_high = hn::Sub(y_scaled, hn::Sub(y_scaled, y));
  const auto x_low = hn::Sub(x, x_high), y_low = hn::Sub(y, y_high);
  const auto high = hn::Sub(hn::Mul(x_high, y_high), product);
  const auto middle = hn::Add(hn::Add(high, hn::Mul(x_high, y_low)), hn::Mul(x_low, y_high));
  return hn::Add(middle, hn::Mul(x_low, y_low));
#endif
}

/// 1 − x², as if x·x were not rounded; `square` is x·x rounded.
template <class T>
HWY_INLINE typename Tags<T>::V one_minus_square(typename Tags<T>::V x, typename Tags<T>::V square) {
  const auto one = hn::Set(typename Tags<T>::D(), T(1));
#if HWY_NATIVE_FMA
  (void)square;
  return hn::NegMulAdd(x, x, one);
#else
  return hn::Sub(hn::Sub(one, square), product_error<T>(x, x, square));
#endif
}

/// draw(words): the draws that stand where their words stood; a law that draws pairs has draw_pair.
template <class Law>
class Transform;

template <class Bits>
class Transform<transform::Words<Bits>> {
 public:
  static constexpr bool in_pairs = false;
  HWY_INLINE explicit Transform(const transform::Words<Bits>&) {}
  HWY_INLINE auto draw(VecU64 words) const { return hn::BitCast(hn::Repartition<Bits, DU64>(), words); }
};

template <class T>
class Transform<transform::Uniform<T>> : Tags<T> {
 public:
  static constexpr bool in_pairs = false;
  HWY_INLINE explicit Transform(const transform::Uniform<T>& law) : law_(law) {}
  HWY_INLINE typename Tags<T>::V draw(VecU64 words) const {
    const typename Tags<T>::D d;
    // Two roundings, on targets that could fuse them too.
    const auto x = hn::Mul(centred<T>(hn::BitCast(typename Tags<T>::DBits(), words)), hn::Set(d, law_.scale));
    if (law_.mid == 0) return x;
    return hn::Min(hn::Max(hn::Add(hn::Set(d, law_.mid), x), hn::Set(d, law_.lowest)), hn::Set(d, law_.highest));
  }

 private:
  const transform::Uniform<T> law_;
};

/// One vector of words gives the radius, the other the angle.
template <class T>
class Transform<transform::Normal<T>> : Tags<T> {
 public:
  static constexpr bool in_pairs = true;
  using V = typename Tags<T>::V;
  HWY_INLINE explicit Transform(const transform::Normal<T>& law) : law_(law) {}
  HWY_INLINE void draw_pair(VecU64 radius_words, VecU64 angle_words, V& first, V& second) const {
    const typename Tags<T>::D d;
    const typename Tags<T>::DBits db;
    const auto radius = hn::Mul(hn::Set(d, law_.stddev), radius_of<T>(hn::BitCast(db, radius_words)));
    V cosine, sine;
    circle<T>(hn::BitCast(db, angle_words), cosine, sine);
    first = hn::MulAdd(radius, cosine, hn::Set(d, law_.mean));
    second = hn::MulAdd(radius, sine, hn::Set(d, law_.mean));
  }

 private:
  const transform::Normal<T> law_;
};

template <class T>
class Transform<transform::Truncated<T>> : Tags<T> {
 public:
  static constexpr bool in_pairs = false;
  HWY_INLINE explicit Transform(const transform::Truncated<T>& law) : law_(law) {}
  HWY_INLINE typename Tags<T>::V draw(VecU64 words) const {
    using C = transform::Constants<T>;
    const typename Tags<T>::D d;
    const auto n = centred<T>(hn::BitCast(typename Tags<T>::DBits(), words));
    const auto mass = hn::Set(d, law_.mass_high);
    const auto x = hn::Mul(n, mass), square = hn::Mul(x, x);
    const auto error = hn::Add(product_error<T>(n, mass, x), hn::Mul(n, hn::Set(d, law_.mass_low)));
    const auto complement = hn::Sub(one_minus_square<T>(x, square), hn::Mul(hn::Add(x, x), error));
    const auto z = hn::Mul(x, polynomial(C::inverse, minus_two_log<T>(complement, hn::Neg(square))));
    const auto y = hn::MulAdd(hn::Set(d, law_.stddev), z, hn::Set(d, law_.mean));
    return hn::Min(hn::Max(y, hn::Set(d, law_.lowest)), hn::Set(d, law_.highest));
  }

 private:
  const transform::Truncated<T> law_;
};

}  // namespace sqrtn::random::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // HWY_SCALAR
#endif  // toggle
