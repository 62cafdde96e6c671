import LucidNN
import LucidVision
import LucidWeights
