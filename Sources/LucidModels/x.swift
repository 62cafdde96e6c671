import LucidNN
