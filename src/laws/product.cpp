#include "sqrtn/laws/product.hpp"
