#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "experiment/notebooks/cells.hpp"
#include "sqrtn/support/tensor.hpp"

/// Notebook 001's question: how often can a matrix be multiplied by itself before nothing is left?
namespace sqrtn::experiment::notebooks {

/// Where the notebook stops counting.
inline constexpr std::size_t max_products = 500;

/// R = W·R from R = W on, max(0, ·) after each if rectified: the first step, from 0, after which the
/// deviation of R's entries is 0 or NaN in float; max_products if none. Only the first `columns` of R.
std::size_t self_products(MatrixView<const float> w, std::size_t columns, bool rectified, const blas::Functions& blas);

/// The count as the notebook's functions return it: -1, or inf with the ReLU, if all steps were survived.
std::string show_products(std::size_t count, bool rectified);

/// Fills one n × n matrix.
using MatrixDraw = std::function<void(const random::Stream&, std::span<float>)>;

/// The count of one matrix beside that of others, drawn from streams of their own.
/// published: as printed, or empty.
Finding count_self_products(const std::string& id, std::size_t n, const std::string& weights, const MatrixDraw& draw,
                            bool rectified, const std::string& published, std::size_t null_runs,
                            const blas::Functions& blas, const NotebookSettings& settings);

}  // namespace sqrtn::experiment::notebooks
