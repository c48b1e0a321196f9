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
  using D = hn::ScalableTag<T>;
  using DBits = hn::ScalableTag<Bits>;
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

/// Unsigned word to float, rounded once: two exact halves and one addition.
HWY_INLINE Tags<float>::V to_real(Tags<float>::VBits word) {
  const Tags<float>::D d;
  const hn::ScalableTag<std::int32_t> di;
  const auto high = hn::ConvertTo(d, hn::BitCast(di, hn::ShiftRight<16>(word)));
  const auto low = hn::ConvertTo(d, hn::BitCast(di, hn::And(word, hn::Set(Tags<float>::DBits(), 0xffffu))));
  return hn::Add(hn::Mul(high, hn::Set(d, 65536.0f)), low);
}

/// Unsigned word to double, rounded once: the halves as mantissas of 2⁸⁴ and 2⁵², one addition.
HWY_INLINE Tags<double>::V to_real(Tags<double>::VBits word) {
  const Tags<double>::D d;
  const Tags<double>::DBits db;
  const auto high = hn::BitCast(d, hn::Or(hn::ShiftRight<32>(word), hn::Set(db, 0x4530000000000000u)));
  const auto low = hn::BitCast(d, hn::Or(hn::And(word, hn::Set(db, 0xffffffffu)), hn::Set(db, 0x4330000000000000u)));
  return hn::Add(hn::Sub(high, hn::Set(d, 0x1p84 + 0x1p52)), low);
}

/// A small non-negative integer to T, exact.
HWY_INLINE Tags<float>::V small_to_real(Tags<float>::VBits k) {
  return hn::ConvertTo(Tags<float>::D(), hn::BitCast(hn::ScalableTag<std::int32_t>(), k));
}
HWY_INLINE Tags<double>::V small_to_real(Tags<double>::VBits k) {
  const Tags<double>::D d;
  return hn::Sub(hn::BitCast(d, hn::Or(k, hn::Set(Tags<double>::DBits(), 0x4330000000000000u))), hn::Set(d, 0x1p52));
}

/// −2·ln(x·2^−shift); `complement` = 1 − x·2^−shift.
template <int shift, class T>
HWY_INLINE typename Tags<T>::V minus_two_log(typename Tags<T>::V x, typename Tags<T>::V complement) {
  using C = transform::Constants<T>;
  using Bits = typename C::Bits;
  const typename Tags<T>::D d;
  const typename Tags<T>::DBits db;
  constexpr Bits bias = 16;
  const auto biased =
      hn::Add(hn::BitCast(db, x), hn::Set(db, static_cast<Bits>((bias << C::mantissa_bits) - C::sqrt_half_bits)));
  const auto fraction = hn::And(biased, hn::Set(db, (Bits{1} << C::mantissa_bits) - 1));
  const auto k =
      small_to_real(hn::Sub(hn::Set(db, static_cast<Bits>(bias + shift)), hn::ShiftRight<C::mantissa_bits>(biased)));
  const auto f =
      hn::IfThenElse(hn::Eq(k, hn::Zero(d)), hn::Neg(complement),
                     hn::Sub(hn::BitCast(d, hn::Add(fraction, hn::Set(db, C::sqrt_half_bits))), hn::Set(d, T(1))));
  const auto k_term = hn::Mul(k, hn::Set(d, C::two_ln2));
  if constexpr (sizeof(T) == 4) {
    return hn::MulAdd(f, polynomial(C::log, f), k_term);
  } else {
    const auto s = hn::Div(f, hn::Add(hn::Set(d, T(2)), f));
    return hn::MulAdd(s, polynomial(C::log, hn::Mul(s, s)), k_term);
  }
}

HWY_INLINE Tags<float>::V remainder_angle(Tags<float>::VBits turned) {
  const Tags<float>::D d;
  const hn::ScalableTag<std::int32_t> di;
  const auto r =
      hn::Sub(hn::BitCast(di, hn::And(turned, hn::Set(Tags<float>::DBits(), 0x3fffffffu))), hn::Set(di, 1 << 29));
  return hn::Mul(hn::ConvertTo(d, r), hn::Set(d, transform::Constants<float>::half_pi * 0x1p-30f));
}
HWY_INLINE Tags<double>::V remainder_angle(Tags<double>::VBits turned) {
  const Tags<double>::D d;
  const Tags<double>::DBits db;
  const auto mantissa = hn::And(hn::ShiftRight<10>(turned), hn::Set(db, (1ull << 52) - 1));
  const auto t = hn::Sub(hn::BitCast(d, hn::Or(mantissa, hn::Set(db, 0x3ff0000000000000u))), hn::Set(d, 1.5));
  return hn::Mul(t, hn::Set(d, transform::Constants<double>::half_pi));
}

/// Cosine and sine of the angle 2π·word/2^bits.
template <class T>
HWY_INLINE void circle(typename Tags<T>::VBits word, typename Tags<T>::V& first, typename Tags<T>::V& second) {
  using C = transform::Constants<T>;
  using Bits = typename C::Bits;
  const typename Tags<T>::D d;
  const typename Tags<T>::DBits db;
  constexpr Bits quarter = Bits{1} << (C::word_bits - 2);
  const auto sign = hn::Set(db, quarter << 1);
  const auto turned = hn::Add(word, hn::Set(db, quarter / 2));
  const auto y = remainder_angle(turned);
  const auto z = hn::Mul(y, y);
  const auto sine = hn::MulAdd(y, hn::Mul(z, polynomial(C::sin, z)), y);
  const auto cosine = hn::MulAdd(z, hn::MulAdd(z, polynomial(C::cos, z), hn::Set(d, T(-0.5))), hn::Set(d, T(1)));
  const auto odd = hn::RebindMask(d, hn::TestBit(turned, hn::Set(db, quarter)));
  const auto turned_more = hn::Add(turned, hn::Set(db, quarter));
  first = hn::Xor(hn::IfThenElse(odd, sine, cosine), hn::BitCast(d, hn::And(turned_more, sign)));
  second = hn::Xor(hn::IfThenElse(odd, cosine, sine), hn::BitCast(d, hn::And(turned, sign)));
}

/// 2k + 1 − 2^p as T, exact.
HWY_INLINE Tags<float>::V centred(Tags<float>::VBits word) {
  const hn::ScalableTag<std::int32_t> di;
  const auto k = hn::BitCast(di, hn::ShiftRight<8>(word));
  return hn::ConvertTo(Tags<float>::D(), hn::Add(hn::Add(k, k), hn::Set(di, 1 - (1 << 24))));
}
HWY_INLINE Tags<double>::V centred(Tags<double>::VBits word) {
  const auto k = to_real(hn::ShiftRight<11>(word));
  return hn::Add(hn::Add(k, k), hn::Set(Tags<double>::D(), 1 - 0x1p53));
}

/// Two vectors to consecutive memory.
template <class D>
HWY_INLINE void store_both(D d, hn::Vec<D> a, hn::Vec<D> b, hn::TFromD<D>* HWY_RESTRICT to) {
  hn::StoreU(a, d, to);
  hn::StoreU(b, d, to + hn::Lanes(d));
}

/// store(a, b, to): the draws from two vectors of words, in memory order.
template <class Law>
class Transform;

template <class Bits>
class Transform<transform::Words<Bits>> {
 public:
  HWY_INLINE explicit Transform(const transform::Words<Bits>&) {}
  HWY_INLINE void store(VecU64 a, VecU64 b, Bits* HWY_RESTRICT to) const {
    const hn::ScalableTag<Bits> d;
    store_both(d, hn::BitCast(d, a), hn::BitCast(d, b), to);
  }
};

template <class T>
class Transform<transform::Uniform<T>> : Tags<T> {
 public:
  HWY_INLINE explicit Transform(const transform::Uniform<T>& law) : law_(law) {}
  HWY_INLINE void store(VecU64 a, VecU64 b, T* HWY_RESTRICT to) const {
    store_both(typename Tags<T>::D(), draw(a), draw(b), to);
  }

 private:
  HWY_INLINE typename Tags<T>::V draw(VecU64 words) const {
    const typename Tags<T>::D d;
    const auto n = centred(hn::BitCast(typename Tags<T>::DBits(), words));
    const auto x = hn::Add(hn::Set(d, law_.mid), hn::Mul(hn::Set(d, law_.scale), n));
    return hn::Min(hn::Max(x, hn::Set(d, law_.lowest)), hn::Set(d, law_.highest));
  }
  const transform::Uniform<T>& law_;
};

/// Even words give the radius, odd words the angle; the pair's two draws go where its words were.
template <class T>
class Transform<transform::Normal<T>> : Tags<T> {
 public:
  HWY_INLINE explicit Transform(const transform::Normal<T>& law) : law_(law) {}
  HWY_INLINE void store(VecU64 a, VecU64 b, T* HWY_RESTRICT to) const {
    using C = transform::Constants<T>;
    const typename Tags<T>::D d;
    const typename Tags<T>::DBits db;
    VecU64 even, odd;
    split(a, b, even, odd);
    const auto words = hn::BitCast(db, even);
    const auto x = hn::Add(to_real(words), hn::Set(d, T(0.5)));
    const auto complement = hn::Mul(hn::Add(to_real(hn::Not(words)), hn::Set(d, T(0.5))), hn::Set(d, C::unit));
    const auto radius = hn::Mul(hn::Set(d, law_.stddev), hn::Sqrt(minus_two_log<C::word_bits, T>(x, complement)));
    typename Tags<T>::V cosine, sine;
    circle<T>(hn::BitCast(db, odd), cosine, sine);
    const auto mean = hn::Set(d, law_.mean);
    const DU64 du;
    split_back(hn::BitCast(du, hn::MulAdd(radius, cosine, mean)), hn::BitCast(du, hn::MulAdd(radius, sine, mean)), a,
               b);
    store_both(d, hn::BitCast(d, a), hn::BitCast(d, b), to);
  }

 private:
  /// even = even words of a and b, odd = their odd words, in the order that split_back undoes.
  static HWY_INLINE void split(VecU64 a, VecU64 b, VecU64& even, VecU64& odd) {
    const DU64 d;
    if constexpr (sizeof(T) == 4) {
      const hn::Repartition<std::uint32_t, DU64> d32;
      const auto words = [&](VecU64 v) HWY_ATTR { return hn::BitCast(d32, v); };
      even = hn::BitCast(d, hn::OddEven(words(hn::ShiftLeft<32>(b)), words(a)));
      odd = hn::BitCast(d, hn::OddEven(words(b), words(hn::ShiftRight<32>(a))));
    } else {
      even = hn::InterleaveLower(d, a, b);
      odd = hn::InterleaveUpper(d, a, b);
    }
  }
  /// split is its own inverse: it transposes 2 × 2 blocks.
  static HWY_INLINE void split_back(VecU64 even, VecU64 odd, VecU64& a, VecU64& b) { split(even, odd, a, b); }

  const transform::Normal<T>& law_;
};

template <class T>
class Transform<transform::Truncated<T>> : Tags<T> {
 public:
  HWY_INLINE explicit Transform(const transform::Truncated<T>& law) : law_(law) {}
  HWY_INLINE void store(VecU64 a, VecU64 b, T* HWY_RESTRICT to) const {
    store_both(typename Tags<T>::D(), draw(a), draw(b), to);
  }

 private:
  HWY_INLINE typename Tags<T>::V draw(VecU64 words) const {
    using C = transform::Constants<T>;
    const typename Tags<T>::D d;
    constexpr T unit = sizeof(T) == 4 ? T(0x1p-24) : T(0x1p-53);
    const auto v = hn::Mul(centred(hn::BitCast(typename Tags<T>::DBits(), words)), hn::Set(d, unit));
    const auto mass = hn::Set(d, law_.mass_high);
    const auto x = hn::Mul(v, mass);
    const auto error = hn::Add(hn::MulSub(v, mass, x), hn::Mul(v, hn::Set(d, law_.mass_low)));
    const auto complement = hn::Sub(hn::NegMulAdd(x, x, hn::Set(d, T(1))), hn::Mul(hn::Add(x, x), error));
    const auto z = hn::Mul(x, polynomial(C::inverse, minus_two_log<0, T>(complement, hn::Mul(x, x))));
    const auto y = hn::MulAdd(hn::Set(d, law_.stddev), z, hn::Set(d, law_.mean));
    return hn::Min(hn::Max(y, hn::Set(d, law_.lowest)), hn::Set(d, law_.highest));
  }
  const transform::Truncated<T>& law_;
};

}  // namespace sqrtn::random::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // HWY_SCALAR
#endif  // toggle
