import Foundation

/// `1 - βᵗ`: how far a running mean that begins at 0 is short of what it averages, after t steps.
func biasCorrection(_ beta: Double, _ step: Int) -> Double { 1 - pow(beta, Double(step)) }
