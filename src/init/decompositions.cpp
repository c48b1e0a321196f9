#include "init/decompositions.hpp"

// The project that links this library may use Eigen itself, compiled for wider vectors: under its own
// name the linker could take one's inline functions for the other's.
#define Eigen sqrtn_eigen
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace sqrtn::init {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::OuterStride;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class T, class Mapped>
auto map(MatrixView<T> a) {
  return Eigen::Map<Mapped, 0, OuterStride<>>(a.data, static_cast<Index>(a.rows), static_cast<Index>(a.cols),
                                              OuterStride<>(static_cast<Index>(a.ld)));
}

template <class Solver>
const Solver& solved(const Solver& solver) {
  if (solver.info() != Eigen::Success) throw std::runtime_error("the QR algorithm did not find all eigenvalues");
  return solver;
}

/// The lower triangle of the Gram matrix of the shorter side.
MatrixXd gram(MatrixView<const double> view) {
  const auto a = map<const double, const RowMajor>(view);
  const bool tall = a.rows() >= a.cols();
  const Index n = tall ? a.cols() : a.rows();
  MatrixXd g = MatrixXd::Zero(n, n);
  if (tall) {
    g.selfadjointView<Eigen::Lower>().rankUpdate(a.transpose());
  } else {
    g.selfadjointView<Eigen::Lower>().rankUpdate(a);
  }
  return g;
}

}  // namespace

void replace_by_orthonormal_factor(MatrixView<double> view) {
  auto a = map<double, RowMajor>(view);
  const bool tall = a.rows() >= a.cols();
  MatrixXd factors = tall ? MatrixXd(a) : MatrixXd(a.transpose());
  const Eigen::HouseholderQR<Eigen::Ref<MatrixXd>> qr(factors);
  MatrixXd q = qr.householderQ() * MatrixXd::Identity(factors.rows(), factors.cols());
  for (Index j = 0; j < q.cols(); ++j) {
    if (factors(j, j) < 0) q.col(j) = -q.col(j);
  }
  if (tall) {
    a = q;
  } else {
    a = q.transpose();
  }
}

double largest_gram_eigenvalue(MatrixView<const double> a) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(gram(a), Eigen::EigenvaluesOnly);
  return solved(solver).eigenvalues().maxCoeff();
}

std::vector<double> singular_values(MatrixView<const double> a) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(gram(a), Eigen::EigenvaluesOnly);
  const auto& ascending = solved(solver).eigenvalues();
  std::vector<double> values(static_cast<std::size_t>(ascending.size()));
  for (Index i = 0; i < ascending.size(); ++i) {
    values[static_cast<std::size_t>(ascending.size() - 1 - i)] = std::sqrt(std::max(ascending[i], 0.0));
  }
  return values;
}

double largest_eigenvalue_modulus(MatrixView<const double> a) {
  const Eigen::EigenSolver<MatrixXd> solver(map<const double, const RowMajor>(a), false);
  return solved(solver).eigenvalues().cwiseAbs().maxCoeff();
}

double largest_gram_error(MatrixView<const double> a, double scale) {
  const MatrixXd g = gram(a);
  double largest = 0;
  for (Index j = 0; j < g.cols(); ++j) {
    for (Index i = j; i < g.rows(); ++i) largest = std::max(largest, std::abs(g(i, j) * scale - (i == j ? 1 : 0)));
  }
  return largest;
}

}  // namespace sqrtn::init
